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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The executor's side of a task's life: arguments are fetched, resources taken, the code is run,
/// the reply sent.
final class Executions {
  /*
   * State: FETCHING → QUEUED → RUNNING → ENDED.
   * Invariants: what came with the push is held until the end, and what is still held then is registered
   * before the push is released.  The reply waits for nothing.
   * Failure: when an estate is closed its tasks are not started, or cancelled, and their calls given up
   * (descendants share its fate).  When it has another server they go on, and that one gets the reply.
   */
  private final CoreContext context;
  private final Holders holders;
  private final Streams streams;
  private final StoreIndex store;
  private final Fetches fetches;
  private final Tasks tasks;
  private final TaskStops stops;
  private final LeaseGrants grants;
  private final Resources resources;
  private @Nullable Takeovers takeoversOrNull;
  private final LongTable<Execution> executions = new LongTable<>();

  /// Executions for other workers, by the object of the task's first result.
  private final Map<Reference, Execution> pushed = new HashMap<>();

  private final ArrayDeque<Execution> queue = new ArrayDeque<>();
  private final Runnable admit = this::admit;
  private boolean admitting;

  Executions(
      CoreContext context,
      Holders holders,
      Streams streams,
      StoreIndex store,
      Fetches fetches,
      Tasks tasks,
      TaskStops stops,
      LeaseGrants grants) {
    this.context = context;
    this.holders = holders;
    this.streams = streams;
    this.store = store;
    this.fetches = fetches;
    this.tasks = tasks;
    this.stops = stops;
    this.grants = grants;
    this.resources =
        new Resources(context.self.capacity(), context.config.cpus(), context.config.prefetch());
  }

  void connect(Takeovers takeovers) {
    takeoversOrNull = takeovers;
  }

  private Takeovers takeovers() {
    return Invariants.present(takeoversOrNull, "takeovers");
  }

  // --- arrival ----------------------------------------------------------------------------------

  /// A task was pushed by another worker.
  void pushed(WorkerId from, Message.TaskPush push) {
    if (takeovers().holds(push.home())) {
      // Its code would call and put where the records are not complete.
      takeovers().defer(push.home(), () -> pushed(from, push));
      return;
    }
    if (context.log.dead(from)) {
      return;
    }
    LeaseGrants.Grant grant = grants.of(from, push.lease());
    List<Reference> carried = push.spec().carried();
    Receipt receipt = holders.receive(from, push.number(), carried);
    Execution execution = new Execution(context.nextNumber(), push, grant, receipt);
    pushed.put(execution.firstResult(), execution);
    hold(execution, carried);
    prepare(execution);
  }

  /// A task of this worker's own estate stays here.
  void startLocal(TaskRecord task, TaskSpec spec, TaskLease lease) {
    EstateId home = Invariants.present(task.home, "home of a task that is executed");
    int attempt = task.attempt;
    if (takeovers().holds(home)) {
      takeovers().defer(home, () -> startLate(task, attempt, lease));
      return;
    }
    Execution execution =
        new Execution(context.nextNumber(), task, task.estate.id, spec, lease.grant);
    task.execution = execution;
    hold(execution, spec.carried());
    prepare(execution);
  }

  private void startLate(TaskRecord task, int attempt, TaskLease lease) {
    if (task.attempt != attempt || task.lease != lease) {
      return;
    }
    if (task.state == TaskRecord.State.PUSHED) {
      startLocal(task, tasks.forLateStart(task), lease);
    } else {
      tasks.ended(context.id, task, attempt, new TaskOutcome.Cancelled(), 0);
    }
  }

  /// The execution holds these references until its end.
  void hold(Execution execution, List<Reference> references) {
    for (int i = 0; i < references.size(); i++) {
      Reference reference = references.get(i);
      if (execution.holds(reference)) {
        holders.hold(reference, new Cause.Executing(execution.id));
      }
    }
  }

  private void prepare(Execution execution) {
    executions.put(execution.id, execution);
    List<Argument> arguments = execution.spec.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      if (!(arguments.get(i) instanceof Argument.Inline)) {
        execution.missing++;
      }
      if (arguments.get(i) instanceof Argument.Stored stored) {
        holdInner(execution, stored);
      }
    }
    if (execution.missing == 0) {
      enqueue(execution);
      return;
    }
    execution.changeArguments();
    for (int i = 0; i < arguments.size() && execution.state == Execution.State.FETCHING; i++) {
      switch (arguments.get(i)) {
        case Argument.Stored(var reference, var value, var at) ->
            fetches.need(reference, new Outcome.Stored(value, at), argument(execution, i));
        case Argument.Pending(var reference) -> fetches.seek(reference, argument(execution, i));
        case Argument.Inline _ -> {}
      }
    }
    if (execution.state == Execution.State.FETCHING) {
      execution.waitsForBytes = true;
      grants.blocked(execution.grant, 1);
    }
  }

  private ArgumentFetch argument(Execution execution, int position) {
    return new ArgumentFetch(this, store, holders, execution, position);
  }

  /// What stands inside a large argument is held as well, and covered by the argument.
  void holdInner(Execution execution, Argument.Stored argument) {
    for (Reference inner : argument.value().references()) {
      holders.cover(inner, argument.reference());
    }
    hold(execution, argument.value().references());
  }

  /// One more of the arguments is here.
  void argumentArrived(Execution execution) {
    if (--execution.missing == 0) {
      enqueue(execution);
    }
  }

  /// The bytes are there, or not wanted any more.
  private void landed(Execution execution) {
    if (execution.waitsForBytes) {
      execution.waitsForBytes = false;
      grants.blocked(execution.grant, -1);
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
      context.later(admit);
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
        context.effects.run(next.id, next.spec, next.attempt, next.estate, next.home);
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
      grants.blocked(execution.grant, 1);
      admitLater();
    }
  }

  /// It goes on.
  void unblocked(long id) {
    Execution execution = executions.get(id);
    if (execution != null && execution.blocked) {
      execution.blocked = false;
      resources.takeCpu(execution.spec.terms().demand());
      grants.blocked(execution.grant, -1);
    }
  }

  // --- the end ----------------------------------------------------------------------------------

  /// The executor has ended an execution.
  void finished(Event.Finished event) {
    Execution execution = executions.get(event.execution());
    if (execution != null) {
      TaskOutcome outcome = execution.diverged ? new TaskOutcome.Diverged() : event.outcome();
      if (execution.diverged && event.outcome() instanceof TaskOutcome.Returned(var results)) {
        sealed(execution, results, false);
      }
      end(execution, outcome, event.durationNs());
    }
  }

  /// The code of a task does something else than in the execution before.
  void diverged(TaskId task) {
    for (Execution execution : executions.inOrder()) {
      if (execution.spec.id().equals(task) && !execution.diverged) {
        execution.diverged = true;
        context.effects.cancel(execution.id, CancelMode.INTERRUPT);
      }
    }
  }

  /// An execution has ended, wherever it was.
  void end(Execution execution, TaskOutcome outcome, long durationNs) {
    executions.remove(execution.id);
    TaskRecord task = execution.task;
    if (task == null) {
      pushed.remove(execution.firstResult(), execution);
    }
    if (execution.state == Execution.State.RUNNING) {
      if (execution.blocked) {
        resources.takeCpu(execution.spec.terms().demand());
        grants.blocked(execution.grant, -1);
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
    if (task != null) {
      if (!tasks.ended(context.id, task, execution.attempt, outcome, durationNs)) {
        tasks.refuse(context.id, task.estate.id, task.id, outcome);
      }
      letGo(execution);
    } else if (ownerLives) {
      reply(execution, outcome, durationNs);
    } else {
      letGo(execution);
      holders.finish(execution.receipt);
    }
    execution.pinned().forEach(store::unpin);
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
    WorkerId server = context.log.server(execution.estate).orElseThrow();
    if (server.equals(context.id)) {
      replyHere(execution, outcome, durationNs);
      return;
    }
    long number = holders.give(server, inside(outcome));
    letGo(execution);
    Receipt receipt = execution.receipt;
    List<Message.Kept> kept = null;
    if (receipt != null && receipt.giver.equals(execution.estate.creator())) {
      kept = holders.finishWithNext(receipt);
    } else {
      holders.finish(receipt);
    }
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

  /// This worker has inherited the task that another had pushed to it.
  private void replyHere(Execution execution, TaskOutcome outcome, long durationNs) {
    Message.EstateMessage.TaskReply reply =
        new Message.EstateMessage.TaskReply(
            0, execution.spec.id(), execution.attempt, outcome, 0, List.of(), durationNs);
    // Until it is applied, which may take until the estate's records are complete.
    hold(execution, inside(outcome));
    streams.here(
        execution.estate,
        reply,
        () -> {
          letGo(execution);
          holders.finish(execution.receipt);
        });
  }

  /// The references inside the values that an execution returned.
  static List<Reference> inside(TaskOutcome outcome) {
    if (!(outcome instanceof TaskOutcome.Returned(List<Outcome> results))) {
      return List.of();
    }
    List<Reference> inside = null;
    for (Outcome result : results) {
      List<Reference> references = result.references();
      if (!references.isEmpty()) {
        inside = inside == null ? new ArrayList<>() : inside;
        inside.addAll(references);
      }
    }
    return inside == null ? List.of() : inside;
  }

  private void letGo(Execution execution) {
    if (!execution.held().isEmpty()) {
      Cause cause = new Cause.Executing(execution.id);
      execution.held().forEach(reference -> holders.letGo(reference, cause));
    }
  }

  // --- cancellation and death -------------------------------------------------------------------

  /// A task's owner does not want it any more.
  void cancel(EstateId estate, TaskId task, int attempt, CancelMode mode, boolean recursive) {
    Execution execution = pushed.get(new Reference(task.result(0), estate));
    if (execution != null && execution.attempt == attempt) {
      stop(execution, mode, recursive);
    }
  }

  /// Stops an execution; it ends now if it has not begun.
  void stop(Execution execution, CancelMode mode, boolean recursive) {
    if (recursive) {
      stops.cancelChildren(execution.spec.id());
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

  /// Estates may have been closed: their tasks here have lost their owner.
  void stopClosed() {
    for (Execution execution : executions.inOrder()) {
      if (context.log.closed(execution.estate)) {
        stop(execution, CancelMode.INTERRUPT, true);
      }
    }
  }

  /// Executions that have not ended, in the order of their arrival.
  List<Execution> open() {
    return executions.inOrder();
  }

  /// Whether the code of an execution that has not ended calls and puts in this estate.
  boolean callIn(EstateId home) {
    return executions.inOrder().stream().anyMatch(execution -> execution.home.equals(home));
  }

  /// Tasks that wait for resources.
  int queued() {
    return queue.size();
  }

  /// This worker.
  WorkerId here() {
    return context.id;
  }

  Resources resources() {
    return resources;
  }
}
