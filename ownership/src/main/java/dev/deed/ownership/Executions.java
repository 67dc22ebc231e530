package dev.deed.ownership;

import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The executor's side of a task's life: arguments are fetched, resources taken, the code is run,
/// the reply sent.
final class Executions {
  /*
   * State: FETCHING → QUEUED → RUNNING → ENDED.
   * Invariants: what came with the push is held until the end, and what is still held then is registered
   * before the push is released.  The reply waits for nothing.
   * Failure: when the owner's death is followed its tasks are not started, or cancelled, and their calls
   * given up (mode `none`: descendants share its fate).
   */
  /// A lease of an owner; each owner numbers its own.
  private record LeaseKey(WorkerId owner, long lease) {}

  private final CoreContext context;
  private final Holders holders;
  private final Streams streams;
  private final StoreIndex store;
  private final Fetches fetches;
  private final Tasks tasks;
  private final TaskLeases leases;
  private final Resources resources;
  private final Map<Long, Execution> executions = new LinkedHashMap<>();
  private final Map<Reference, Execution> byTask = new HashMap<>();
  private final ArrayDeque<Execution> queue = new ArrayDeque<>();
  private final Map<WorkerId, Set<Long>> granted = new HashMap<>();
  private final Map<LeaseKey, Integer> blockedByLease = new HashMap<>();
  private boolean admitting;

  Executions(
      CoreContext context,
      Holders holders,
      Streams streams,
      StoreIndex store,
      Fetches fetches,
      Tasks tasks,
      TaskLeases leases) {
    this.context = context;

    this.holders = holders;
    this.streams = streams;
    this.store = store;
    this.fetches = fetches;
    this.tasks = tasks;
    this.leases = leases;
    this.resources =
        new Resources(context.self.capacity(), context.config.cpus(), context.config.prefetch());
  }

  // --- leases given -----------------------------------------------------------------------------

  /// An owner asks for a lease: granted unless the queue is full. What it allows is not reserved,
  /// so that leases that are not used keep nobody out.
  void leaseRequested(WorkerId from, Message.LeaseRequest request) {
    boolean infeasible =
        context.self.driver() || !request.demand().fitsInto(context.self.capacity());
    if (infeasible || queue.size() >= context.config.queueBound()) {
      context.send(from, new Message.LeaseDenied(request.lease(), infeasible));
      return;
    }
    granted.computeIfAbsent(from, _ -> new HashSet<>()).add(request.lease());
    int credits = TaskLeases.credits(request.demand(), context.self.capacity(), context.config);
    context.send(from, new Message.LeaseGrant(request.lease(), credits));
  }

  /// An owner gives a lease back.
  void leaseReturned(WorkerId from, long lease) {
    Set<Long> ofOwner = granted.get(from);
    if (ofOwner != null && ofOwner.remove(lease) && ofOwner.isEmpty()) {
      granted.remove(from);
    }
  }

  // --- arrival ----------------------------------------------------------------------------------

  /// A task was pushed by another worker.
  void pushed(WorkerId from, Message.TaskPush push) {
    TaskSpec spec = push.spec();
    if (!granted.getOrDefault(from, Set.of()).contains(push.lease())) {
      context.report(
          Effects.Report.Kind.PROTOCOL_VIOLATION,
          from.brief() + " pushes a task under lease " + push.lease() + ", which it has not");
    }
    List<Reference> carried = spec.carried();
    Receipt receipt = holders.receive(from, push.number(), carried);
    Execution execution =
        new Execution(
            context.nextNumber(),
            from,
            push.estate(),
            push.attempt(),
            spec,
            receipt,
            push.number(),
            push.lease());
    hold(execution, carried);
    prepare(execution);
  }

  private void hold(Execution execution, List<Reference> references) {
    for (Reference reference : references) {
      if (execution.held.add(reference)) {
        holders.hold(reference, new Cause.Executing(execution.id));
      }
    }
  }

  /// A task of this worker's own estate stays here.
  void startLocal(TaskRecord task, TaskSpec spec, TaskLease lease) {
    Execution execution =
        new Execution(
            context.nextNumber(),
            context.id,
            context.estate,
            task.attempt,
            spec,
            null,
            0,
            lease.number);
    task.execution = execution.id;
    hold(execution, spec.carried());
    prepare(execution);
  }

  private void prepare(Execution execution) {
    executions.put(execution.id, execution);
    byTask.put(new Reference(execution.spec.result(0), execution.estate), execution);
    List<Argument> arguments = execution.spec.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i) instanceof Argument.Stored stored) {
        execution.missing++;
        holdInner(execution, stored);
      }
    }
    if (execution.missing == 0) {
      enqueue(execution);
      return;
    }
    for (int i = 0; i < arguments.size() && execution.state == Execution.State.FETCHING; i++) {
      if (arguments.get(i) instanceof Argument.Stored(var reference, var value, var at)) {
        fetches.need(reference, new Outcome.Stored(value, at), new ArgumentNeed(execution, i));
      }
    }
    if (execution.state == Execution.State.FETCHING) {
      execution.waitsForBytes = true;
      blockedUnder(execution, 1);
    }
  }

  private void holdInner(Execution execution, Argument.Stored argument) {
    for (Reference inner : argument.value().references()) {
      holders.cover(inner, argument.reference());
    }
    hold(execution, argument.value().references());
  }

  /// An argument whose bytes are needed here.
  private final class ArgumentNeed implements Fetches.Need {
    private final Execution execution;
    private final int position;

    ArgumentNeed(Execution execution, int position) {
      this.execution = execution;
      this.position = position;
    }

    @Override
    public void have(StoreIndex.Copy copy) {
      if (!wanted()) {
        store.unpin(copy);
        return;
      }
      execution.pinned.add(copy);
      Reference reference = argument().reference();
      Argument.Stored here = new Argument.Stored(reference, copy.value, List.of(context.id));
      replace(here);
      holdInner(execution, here);
      arrived();
    }

    @Override
    public void instead(Outcome outcome) {
      if (!wanted()) {
        return;
      }
      switch (outcome) {
        case Outcome.Inline(var value) -> {
          Reference reference = argument().reference();
          replace(new Argument.Inline(reference, value));
          for (Reference inner : value.references()) {
            holders.cover(inner, reference);
          }
          hold(execution, value.references());
          arrived();
        }
        case Outcome.Failed(Failure failure) ->
            end(
                execution,
                new TaskOutcome.Threw(
                    failure.through(
                        lost(failure.kind()),
                        "an argument of " + execution.spec.origin().name() + " has no value"),
                    false),
                0);
        case Outcome.Stored _ -> throw new IllegalStateException("stored values are fetched");
      }
    }

    private static Failure.Kind lost(Failure.Kind kind) {
      return switch (kind) {
        case LOST_NO_LINEAGE,
            LOST_LINEAGE_EVICTED,
            LOST_RETRIES_EXHAUSTED,
            LOST_PUT,
            LOST_UPSTREAM ->
            Failure.Kind.LOST_UPSTREAM;
        default -> kind;
      };
    }

    @Override
    public boolean wanted() {
      return execution.state == Execution.State.FETCHING;
    }

    private Argument argument() {
      return execution.spec.arguments().get(position);
    }

    private void replace(Argument argument) {
      List<Argument> arguments = new ArrayList<>(execution.spec.arguments());
      arguments.set(position, argument);
      execution.spec = execution.spec.withArguments(arguments);
    }

    private void arrived() {
      if (--execution.missing == 0) {
        enqueue(execution);
      }
    }
  }

  /// The bytes are there, or not wanted any more.
  private void landed(Execution execution) {
    if (execution.waitsForBytes) {
      execution.waitsForBytes = false;
      blockedUnder(execution, -1);
    }
  }

  // --- running ----------------------------------------------------------------------------------

  private void enqueue(Execution execution) {
    landed(execution);
    execution.state = Execution.State.QUEUED;
    queue.add(execution);
    admitLater();
  }

  private void admitLater() {
    if (!admitting && !queue.isEmpty()) {
      admitting = true;
      context.later(this::admit);
    }
  }

  private void admit() {
    admitting = false;
    Execution next;
    while ((next = queue.peek()) != null) {
      if (next.state != Execution.State.QUEUED) {
        queue.poll();
      } else if (resources.take(next.spec.terms().demand())) {
        queue.poll();
        next.state = Execution.State.RUNNING;
        context.effects.run(next.id, next.spec, next.attempt, next.estate);
      } else {
        return;
      }
    }
  }

  /// The user code of an execution blocks.
  void blocked(long id) {
    Execution execution = executions.get(id);
    if (execution != null && execution.state == Execution.State.RUNNING && !execution.blocked) {
      execution.blocked = true;
      resources.giveCpu(execution.spec.terms().demand());
      blockedUnder(execution, 1);
      admitLater();
    }
  }

  /// Tells the owner how many tasks under a lease are blocked: it may need the places of those who
  /// wait for others.
  private void blockedUnder(Execution execution, int change) {
    Integer count =
        blockedByLease.merge(
            new LeaseKey(execution.owner, execution.lease),
            change,
            (a, b) -> a + b == 0 ? null : a + b);
    int blocked = count == null ? 0 : count;
    if (execution.owner.equals(context.id)) {
      leases.blocked(context.id, execution.lease, blocked);
    } else {
      context.send(execution.owner, new Message.LeaseBlocked(execution.lease, blocked));
    }
  }

  /// It goes on.
  void unblocked(long id) {
    Execution execution = executions.get(id);
    if (execution != null && execution.blocked) {
      execution.blocked = false;
      resources.takeCpu(execution.spec.terms().demand());
      blockedUnder(execution, -1);
    }
  }

  // --- the end ----------------------------------------------------------------------------------

  /// The executor has ended an execution.
  void finished(Event.Finished event) {
    Execution execution = executions.get(event.execution());
    if (execution != null) {
      end(execution, event.outcome(), event.durationNs());
    }
  }

  private void end(Execution execution, TaskOutcome outcome, long durationNs) {
    executions.remove(execution.id);
    byTask.remove(new Reference(execution.spec.result(0), execution.estate), execution);
    if (execution.state == Execution.State.RUNNING) {
      if (execution.blocked) {
        resources.takeCpu(execution.spec.terms().demand());
        blockedUnder(execution, -1);
      }
      resources.give(execution.spec.terms().demand());
      admitLater();
    }
    landed(execution);
    execution.state = Execution.State.ENDED;
    boolean ownerLives = !context.log.closed(execution.estate);
    if (outcome instanceof TaskOutcome.Returned(List<Outcome> results)) {
      sealed(execution, results, ownerLives);
    }
    if (execution.owner.equals(context.id)) {
      TaskId task = execution.spec.id();
      if (!tasks.ended(context.id, task, execution.attempt, outcome, durationNs)) {
        tasks.refuse(context.id, task, outcome);
      }
      letGo(execution);
    } else if (ownerLives) {
      reply(execution, outcome, durationNs);
    } else {
      letGo(execution);
      holders.finish(execution.receipt);
    }
    execution.pinned.forEach(store::unpin);
  }

  private void sealed(Execution execution, List<Outcome> results, boolean ownerLives) {
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof Outcome.Stored(StoredValue value, _)) {
        Reference reference = new Reference(execution.spec.result(i), execution.estate);
        StoreIndex.Copy copy = store.sealed(reference, value, true);
        if (!ownerLives) {
          store.free(copy.name);
        }
      }
    }
  }

  private void reply(Execution execution, TaskOutcome outcome, long durationNs) {
    long number = holders.give(execution.owner, inside(outcome));
    letGo(execution);
    List<Message.Kept> kept =
        execution.receipt == null ? null : holders.finishWithNext(execution.receipt);
    streams.send(
        execution.estate,
        new Message.EstateMessage.TaskReply(
            number,
            execution.spec.id(),
            execution.attempt,
            outcome,
            kept == null ? 0 : execution.push,
            kept == null ? List.of() : kept,
            durationNs));
  }

  /// The references inside the values that an execution returned.
  static List<Reference> inside(TaskOutcome outcome) {
    if (!(outcome instanceof TaskOutcome.Returned(List<Outcome> results))) {
      return List.of();
    }
    List<Reference> inside = null;
    for (Outcome result : results) {
      List<Reference> references =
          switch (result) {
            case Outcome.Inline(var value) -> value.references();
            case Outcome.Stored(StoredValue value, _) -> value.references();
            case Outcome.Failed _ -> List.of();
          };
      if (!references.isEmpty()) {
        inside = inside == null ? new ArrayList<>() : inside;
        inside.addAll(references);
      }
    }
    return inside == null ? List.of() : inside;
  }

  private void letGo(Execution execution) {
    if (!execution.held.isEmpty()) {
      Cause cause = new Cause.Executing(execution.id);
      execution.held.forEach(reference -> holders.letGo(reference, cause));
    }
  }

  // --- cancellation and death -------------------------------------------------------------------

  /// A task's owner does not want it any more.
  void cancel(EstateId estate, TaskId task, int attempt, CancelMode mode, boolean recursive) {
    Execution execution = byTask.get(new Reference(task.result(0), estate));
    if (execution != null && execution.attempt == attempt) {
      stop(execution, mode, recursive);
    }
  }

  private void stop(Execution execution, CancelMode mode, boolean recursive) {
    if (recursive) {
      tasks.cancelChildren(execution.spec.id(), execution.spec.run());
    }
    if (execution.state == Execution.State.RUNNING) {
      if (!execution.unwanted) {
        execution.unwanted = true;
        context.effects.cancel(execution.id, mode);
      }
    } else {
      end(execution, new TaskOutcome.Cancelled(), 0);
    }
  }

  /// A worker's death is followed: its tasks here have lost their owner.
  void followDeath(WorkerId dead) {
    granted.remove(dead);
    for (Execution execution : List.copyOf(executions.values())) {
      if (execution.owner.equals(dead)) {
        stop(execution, CancelMode.INTERRUPT, true);
      }
    }
  }

  /// Executions that have not ended.
  java.util.Collection<Execution> open() {
    return executions.values();
  }

  Resources resources() {
    return resources;
  }
}
