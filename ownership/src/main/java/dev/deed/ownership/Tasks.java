package dev.deed.ownership;

import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The owner's side of a task's life: from the call to the recorded end (architecture.md §5).
final class Tasks {
  /*
   * State: WAITING (for arguments) → READY (for a place) → PUSHED (to its executor) → DONE, and back to
   * WAITING when an execution is lost, an exception is to be retried, or the value is needed again.
   * Invariants: the executor is recorded before the push.  A result is accepted from the attempt and
   * executor that the record names, once.
   * Failure: an execution that is lost costs a retry.  What ends a task from outside is in TaskStops.
   */
  private final CoreContext context;
  private final OwnershipTable table;
  private final Holders holders;
  private final Lineages lineages;
  private final Calls calls = new Calls();
  private final Consumer<TaskRecord> resolveAgain = this::resolveAgain;
  private long lastTold;
  private final Consumer<ObjectRecord> completed = this::completed;
  private @Nullable Values valuesOrNull;
  private @Nullable TaskLeases leasesOrNull;
  private @Nullable Executions executionsOrNull;
  private @Nullable Homes homesOrNull;
  private @Nullable Replicas replicasOrNull;

  Tasks(CoreContext context, OwnershipTable table, Holders holders, Lineages lineages) {
    this.context = context;
    this.table = table;
    this.holders = holders;
    this.lineages = lineages;
  }

  void connect(
      Values values, TaskLeases leases, Executions executions, Homes homes, Replicas replicas) {
    replicasOrNull = replicas;
    homesOrNull = homes;
    valuesOrNull = values;
    leasesOrNull = leases;
    executionsOrNull = executions;
  }

  // --- the call ---------------------------------------------------------------------------------

  /// User code here made a call.
  void submit(Estate estate, TaskSpec spec, long[] handles) {
    Invariants.check(
        handles.length == spec.returns(),
        "%d handles for %d results",
        handles.length,
        spec.returns());
    call(estate, spec, Claim.byHandles(handles)).ifPresent(how -> diverged(spec.parent(), how));
  }

  /// A call was made that is to be in the estate. Tells in which way it differs where an earlier
  /// execution of the caller made another one of the same name; it is not made then.
  Optional<String> call(Estate estate, TaskSpec spec, Claim claim) {
    TaskRecord earlier = estate.tasks.get(spec.id());
    if (earlier != null && differs(estate, earlier, spec)) {
      for (int i = 0; i < spec.returns(); i++) {
        claim.hold(asItWas(estate, spec.result(i)), i);
      }
      return Optional.of(
          "had called " + earlier + " where it calls " + spec.origin().name() + " now");
    }
    if (earlier != null && (earlier.state != TaskRecord.State.DONE || isWhole(earlier))) {
      // The caller was executed again: the call that it made before is the same one.
      join(earlier, claim);
      return Optional.empty();
    }
    TaskRecord task = new TaskRecord(estate, spec, context.nextRecord());
    if (earlier != null) {
      supersede(earlier, task);
    }
    for (int i = 0; i < spec.returns(); i++) {
      ObjectRecord record = task.returns[i];
      if (record == null) {
        record = table.create(estate, spec.result(i), task, spec.origin(), null, task.keeping);
        task.returns[i] = record;
      } else if (cancelled(record) || record.state == ObjectRecord.State.RELEASED) {
        table.restart(record);
      }
      claim.hold(record, i);
    }
    table.create(task);
    if (!spec.captured().isEmpty() || !spec.arguments().isEmpty()) {
      Lineages.forEachReference(spec, (reference, i) -> holders.hold(reference, task.argument(i)));
    }
    calls.add(task);
    if (spec.terms().timeoutNs() > 0) {
      context.at(context.now() + spec.terms().timeoutNs(), new Due.DeadlineDue(estate.id, task.id));
    }
    resolve(task);
    return Optional.empty();
  }

  /// Whether an earlier execution of the parent had made another call of the same name.
  private static boolean differs(Estate estate, TaskRecord earlier, TaskSpec spec) {
    if (estate.epoch == EstateDirectory.FIRST_EPOCH) {
      return false;
    }
    long fingerprint = earlier.fingerprint();
    return fingerprint != 0 && fingerprint != spec.fingerprint();
  }

  /// The record of what has this name; made if need be, of an object of which nothing is known.
  ObjectRecord asItWas(Estate estate, ObjectId object) {
    ObjectRecord record = estate.objects.get(object);
    if (record == null) {
      record = table.createUnknown(estate, object);
      if (!estate.mayLearn(object)) {
        record.unknown = false;
        table.fill(record, values().ownerDied(record.reference()));
      }
    }
    return record;
  }

  /// An execution that was begun again does something else than the one before it: it is given up,
  /// and begun once more without what that had made (protocol.md §5).
  private void diverged(TaskId parent, String how) {
    if (context.self.driver()) {
      // Nothing is executed here but the main of a job, with its journal's estate as its home.
      mainDiffers(how);
      return;
    }
    context.report(
        Effects.Report.Kind.NONDETERMINISTIC,
        "a task that was executed again " + how + "; it begins anew, without its calls");
    executions().diverged(parent);
  }

  /// The main that runs here does something else than an earlier run of its job: it can't go on.
  void mainDiffers(String how) {
    context.report(
        Effects.Report.Kind.MAIN_DIFFERS,
        "the program of a resumed job does something else than before: it "
            + how
            + ". Resume it with the code and the arguments that it had, or begin a new job");
  }

  /// Whether all results of a task that is done are there, as values or as failures of its own.
  private boolean isWhole(TaskRecord task) {
    for (int i = 0; i < task.returns.length; i++) {
      ObjectRecord record = task.result(i);
      if (record == null || cancelled(record)) {
        return false;
      }
    }
    return true;
  }

  /// Another call of the same name takes what this one makes. Results that had been given up come
  /// with the others when it ends.
  private void join(TaskRecord task, Claim claim) {
    task.adopted = true;
    for (int i = 0; i < task.returns.length; i++) {
      ObjectRecord record = task.result(i);
      if (record == null) {
        record =
            table.create(task.estate, task.id.result(i), task, task.origin, null, task.keeping);
        task.returns[i] = record;
        task.liveReturns++;
      }
      claim.hold(record, i);
    }
  }

  /// A call that was cancelled, or of whose results some are gone, is made anew. The new one
  /// answers for the results that are left. A cancelled execution may still be under way: its end
  /// concerns nobody.
  private void supersede(TaskRecord earlier, TaskRecord task) {
    landed(earlier, 0);
    task.attempt = Math.max(earlier.attempt + 1, task.firstAttempt());
    lineages.giveUp(earlier);
    for (int i = 0; i < task.returns.length; i++) {
      ObjectRecord record = task.result(i);
      if (record != null) {
        record.creator = task;
        task.returns[i] = record;
      }
    }
  }

  private static boolean cancelled(ObjectRecord record) {
    return record.outcome instanceof Outcome.Failed(Failure failure)
        && failure.kind() == Failure.Kind.TASK_CANCELLED;
  }

  /// User code here put a value.
  void put(Estate estate, Event.Put put, StoreIndex store) {
    Outcome outcome = put.outcome();
    if (outcome instanceof Outcome.Stored(StoredValue value, _)) {
      store.sealed(estate.reference(put.object()), value, true);
      outcome = new Outcome.Stored(value, List.of(context.id));
    }
    Claim claim = Claim.byHandles(put.handle());
    put(
            estate,
            put.object(),
            put.parent(),
            outcome,
            put.origin(),
            put.copies(),
            put.keeping(),
            claim)
        .ifPresent(how -> diverged(put.parent(), how));
  }

  /// A value was put that is to be in the estate; as for calls.
  Optional<String> put(
      Estate estate,
      ObjectId object,
      TaskId parent,
      Outcome outcome,
      TaskSpec.Origin origin,
      int copies,
      Keeping keeping,
      Claim claim) {
    ObjectRecord record = estate.objects.get(object);
    Optional<String> other = Optional.empty();
    if (record == null || record.unknown) {
      record = table.create(estate, object, null, origin, parent, keeping);
      fill(record, outcome, copies);
    } else if (isLost(record)) {
      // It was put before by an execution at a worker that died. What stands inside may be of
      // another estate now.
      table.loseValue(record);
      table.restart(record);
      fill(record, outcome, copies);
    } else {
      surplus(estate.reference(object), record, outcome);
      if (differs(record, outcome)) {
        other = Optional.of("had put another value than it puts now" + at(origin));
      }
    }
    claim.hold(record, 0);
    return other;
  }

  private void fill(ObjectRecord record, Outcome outcome, int copies) {
    table.fill(record, outcome);
    if (copies > 1 && outcome instanceof Outcome.Stored(_, List<WorkerId> holders)) {
      record.replication = Replication.begun(copies);
      holders.stream().filter(context.log::lives).forEach(record.replication.kept::add);
      replicas().lookLater(record);
    }
    done(record);
  }

  private static String at(TaskSpec.Origin origin) {
    return origin.site().isEmpty() ? "" : " at " + origin.site();
  }

  private static boolean isLost(ObjectRecord record) {
    return (record.state == ObjectRecord.State.STORED && record.locations().isEmpty())
        || record.state == ObjectRecord.State.FAILED;
  }

  /// Whether another value was put before under the same name.
  private static boolean differs(ObjectRecord record, Outcome outcome) {
    if (record.estate.epoch == EstateDirectory.FIRST_EPOCH) {
      return false;
    }
    StoredValue before = record.stored;
    return switch (outcome) {
      case Outcome.Stored(StoredValue now, _) -> before == null || before.digest() != now.digest();
      case Outcome.Inline(Value now) ->
          !(record.outcome instanceof Outcome.Inline(Value small) && small.sameAs(now));
      case Outcome.Failed failed -> !failed.equals(record.outcome);
    };
  }

  /// The unfinished calls of `parent`, the latest first.
  List<TaskRecord> calls(TaskId parent) {
    return calls.of(parent);
  }

  /// How many calls there were.
  CoreView.CallCount callCount() {
    return new CoreView.CallCount(calls.made(), calls.ended());
  }

  // --- arguments --------------------------------------------------------------------------------

  private void resolve(TaskRecord task) {
    TaskSpec spec = task.spec();
    task.state = TaskRecord.State.WAITING;
    task.unresolved = 0;
    List<Argument> arguments = spec.arguments();
    List<Argument> resolved = null;
    long room = context.config.inlineTotalBytes() - spec.inlineBytes();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i) instanceof Argument.Inline) {
        continue;
      }
      Reference reference = arguments.get(i).reference();
      switch (values().known(reference)) {
        case null -> {
          task.unresolved++;
          values().await(reference, new Waiter.OfTask(task));
        }
        case Outcome.Inline(Value value) -> {
          // What the message has no room for is held and asked for as if it were large.
          if (value.messageBytes() <= room) {
            room -= value.messageBytes();
            resolved = resolved == null ? new ArrayList<>(arguments) : resolved;
            resolved.set(i, new Argument.Inline(reference, value));
            inline(task, i, reference, value);
          }
        }
        case Outcome.Stored _ -> {}
        case Outcome.Failed(Failure failure) -> {
          if (resolved != null) {
            task.specify(spec.withArguments(resolved));
          }
          end(task, failure.ofArgument("an argument of " + task + " has no value"));
          return;
        }
      }
    }
    if (resolved != null) {
      task.specify(spec.withArguments(resolved));
    }
    if (task.unresolved == 0) {
      task.state = TaskRecord.State.READY;
      leases().enqueue(task);
    }
  }

  /// A small value is copied into the specification: what stands inside it is held instead of it.
  private void inline(TaskRecord task, int position, Reference reference, Value value) {
    Cause cause = task.argument(position);
    for (Reference inner : value.references()) {
      holders.cover(inner, reference);
      holders.hold(inner, cause);
    }
    if (!value.references().contains(reference)) {
      holders.letGo(reference, cause);
    }
  }

  /// An argument is there, or will never be.
  void argumentDone(TaskRecord task) {
    if (task.state == TaskRecord.State.WAITING && --task.unresolved == 0) {
      context.later(resolveAgain, task);
    }
  }

  private void resolveAgain(TaskRecord task) {
    if (task.state == TaskRecord.State.WAITING && task.unresolved == 0) {
      resolve(task);
    }
  }

  // --- the push ---------------------------------------------------------------------------------

  /// The specification as the executor gets it, with the holders of large arguments as they are
  /// now; null when an argument has been lost meanwhile (it is sought again then). Those for which
  /// there is no room stay open, and the executor asks for them.
  private @Nullable TaskSpec forPush(TaskRecord task) {
    TaskSpec spec = task.spec();
    List<Argument> filled = null;
    List<Argument> arguments = spec.arguments();
    long room = context.config.inlineTotalBytes();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i) instanceof Argument.Inline) {
        continue;
      }
      Reference reference = arguments.get(i).reference();
      switch (values().known(reference)) {
        case Outcome.Stored(StoredValue value, List<WorkerId> at) -> {
          long bytes = value.messageBytes(at.size());
          if (bytes <= room) {
            room -= bytes;
            filled = filled == null ? new ArrayList<>(arguments) : filled;
            filled.set(i, new Argument.Stored(reference, value, at));
          }
        }
        case Outcome.Inline _ -> {}
        case Outcome.Failed _ -> {
          return null;
        }
        case null -> {
          return null;
        }
      }
    }
    return filled == null ? spec : spec.withArguments(filled);
  }

  /// Pushes a READY task under a lease; false when it has to wait for arguments again.
  boolean push(TaskRecord task, TaskLease lease) {
    TaskSpec spec = forPush(task);
    if (spec == null) {
      resolve(task);
      return false;
    }
    task.state = TaskRecord.State.PUSHED;
    task.executor = lease.worker;
    task.lease = lease;
    if (task.home == null) {
      task.home = lease.home;
    }
    task.changed();
    boolean here = lease.worker.equals(context.id);
    long number = here ? 0 : holders.give(lease.worker, spec.carried());
    boolean waits = context.gate.holdsOutput() || task.keeping == Keeping.SYNC;
    if (task.retriesLeft > 0 && (here || !waits)) {
      start(task, spec, lease, number);
      return true;
    }
    // A successor must know that it may have run; and this owner, that it has not.
    task.pushWaits = true;
    int attempt = task.attempt;
    Runnable push =
        () -> {
          boolean present = task.attempt == attempt && lease.worker.equals(task.executor);
          if (present && task.state == TaskRecord.State.PUSHED) {
            task.pushWaits = false;
            start(task, here ? forLateStart(task) : spec, lease, number);
            return;
          }
          // It was stopped before anybody heard of it, or called anew since.
          holders.takeBack(context.estates.own, number);
          if (present) {
            landed(task, 0);
            table.forgetIfDone(task);
          }
        };
    if (task.keeping == Keeping.SYNC) {
      context.gate.afterAll(push);
    } else {
      context.gate.afterSoon(push);
    }
    return true;
  }

  /// What a task is begun with here that has waited since it was pushed. Nothing holds meanwhile
  /// what stands inside its large arguments: one that has been lost is sought by the execution.
  TaskSpec forLateStart(TaskRecord task) {
    TaskSpec now = forPush(task);
    return now == null ? task.spec() : now;
  }

  private void start(TaskRecord task, TaskSpec spec, TaskLease lease, long number) {
    if (lease.worker.equals(context.id)) {
      executions().startLocal(task, spec, lease);
    } else {
      context.sendNow(
          lease.worker,
          new Message.TaskPush(
              number,
              lease.number,
              task.estate.id,
              task.attempt,
              spec,
              Invariants.present(task.home, "home of a task that is pushed")));
    }
  }

  /// Bytes of the task's large arguments that `worker` has.
  long localBytes(TaskRecord task, WorkerId worker) {
    long bytes = 0;
    for (Argument argument : task.spec().arguments()) {
      if (!(argument instanceof Argument.Inline)
          && values().known(argument.reference())
              instanceof Outcome.Stored(StoredValue value, List<WorkerId> at)
          && at.contains(worker)) {
        bytes += value.size();
      }
    }
    return bytes;
  }

  // --- the end ----------------------------------------------------------------------------------

  /// An execution has ended, here or at `from`. True when its results were accepted.
  boolean ended(
      WorkerId from, @Nullable TaskRecord task, int attempt, TaskOutcome outcome, long durationNs) {
    if (task == null || task.attempt != attempt || !from.equals(task.executor)) {
      return false;
    }
    landed(task, durationNs);
    if (task.state != TaskRecord.State.PUSHED) {
      table.forgetIfDone(task);
      return false;
    }
    task.durationNs = durationNs;
    switch (outcome) {
      case TaskOutcome.Returned(List<Outcome> results) -> {
        if (results.size() == task.returns.length) {
          succeed(task, results, from);
          return true;
        }
        end(
            task,
            Failure.of(
                Failure.Kind.TASK_FAILED,
                task + " gave " + results.size() + " results, not " + task.returns.length));
      }
      case TaskOutcome.Threw(Failure failure, boolean retriable) -> {
        if (retriable && task.retriesLeft > 0) {
          homes().leave(task);
          task.specify(task.spec().withRun(task.spec().run() + 1));
          retry(task);
        } else {
          end(task, failure);
        }
      }
      case TaskOutcome.Cancelled _ -> end(task, TaskStops.cancelledFailure(task));
      case TaskOutcome.Diverged _ -> {
        homes().leave(task);
        if (task.retriesLeft > 0) {
          retry(task);
        } else {
          end(
              task,
              Failure.of(
                  Failure.Kind.WORKER_LOST,
                  task
                      + " was executed again after its worker's death and did something else than"
                      + " before; its retries are used up; allow more, or make it deterministic"));
        }
      }
    }
    return false;
  }

  /// The results of an execution were not accepted: its copies are freed.
  void refuse(WorkerId from, EstateId estate, TaskId task, TaskOutcome outcome) {
    if (outcome instanceof TaskOutcome.Returned(List<Outcome> results)) {
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i) instanceof Outcome.Stored(StoredValue value, _)) {
          Reference reference = new Reference(task.result(i), estate);
          table.freeCopy(from, reference, value);
        }
      }
    }
  }

  /// An execution is lost, with its worker or by an exception after which the task is run again.
  void retry(TaskRecord task) {
    task.retriesLeft--;
    again(task);
  }

  /// The present attempt is no more, or never was.
  void again(TaskRecord task) {
    if (task.home != null && context.log.closed(task.home)) {
      task.home = null;
    }
    task.nextAttempt();
    resolve(task);
  }

  /// The execution under way is no more: its lease has a place again.
  void landed(TaskRecord task, long durationNs) {
    TaskLease lease = task.lease;
    task.lease = null;
    task.executor = null;
    task.execution = null;
    task.pushWaits = false;
    if (lease != null) {
      leases().landed(lease, durationNs);
    }
  }

  private void succeed(TaskRecord task, List<Outcome> results, WorkerId from) {
    task.state = TaskRecord.State.DONE;
    task.changed();
    homes().leave(task);
    calls.remove(task);
    for (int i = 0; i < results.size(); i++) {
      ObjectRecord record = task.returns[i];
      Outcome result = results.get(i);
      if (result instanceof Outcome.Stored(StoredValue value, _)) {
        result = new Outcome.Stored(value, List.of(from));
      }
      if (record == null || record.state != ObjectRecord.State.PENDING) {
        surplus(task.reference(i), record, result);
        continue;
      }
      compareDigest(task, record, result);
      table.fill(record, result);
      done(record);
    }
    lineages.succeeded(task);
    table.forgetIfDone(task);
  }

  /// It has an outcome, of which somebody is told when all know it who are to know it first.
  private void done(ObjectRecord record) {
    if (record.keeping() != Keeping.SYNC) {
      context.later(completed, record);
      return;
    }
    long told = ++lastTold;
    record.hiddenUntil = told;
    context.gate.afterAll(() -> {
      if (record.hiddenUntil == told) {
        record.hiddenUntil = 0;
        context.later(completed, record);
      }
    });
  }

  private void completed(ObjectRecord record) {
    values().completed(record);
  }

  /// A result that is there already, or that nobody wants any more.
  private void surplus(Reference reference, @Nullable ObjectRecord record, Outcome result) {
    if (result instanceof Outcome.Stored(StoredValue value, List<WorkerId> at)) {
      StoredValue recorded = record == null ? null : record.stored;
      if (recorded == null || !recorded.sameCopy(value)) {
        table.freeCopy(at.get(0), reference, value);
      }
    }
  }

  private void compareDigest(TaskRecord task, ObjectRecord record, Outcome result) {
    long digest = result instanceof Outcome.Stored stored ? stored.value().digest() : 0;
    if (record.digest != 0 && digest != record.digest) {
      context.report(
          Effects.Report.Kind.NONDETERMINISTIC,
          task + " made another value when it was executed again");
    }
    record.digest = digest;
  }

  // --- succession -------------------------------------------------------------------------------

  /// A record of an inherited estate is there again, with its results and causes.
  void restored(TaskRecord task) {
    if (task.state != TaskRecord.State.DONE) {
      calls.add(task);
      long timeout = task.spec().terms().timeoutNs();
      if (timeout > 0) {
        context.at(context.now() + timeout, new Due.DeadlineDue(task.estate.id, task.id));
      }
    } else if (task.retained) {
      lineages.restored(task);
    }
  }

  /// An execution of an inherited task is at `worker`, or has come out there: the attempt may be
  /// one that the dead server began without its heirs' knowing.
  void joined(TaskRecord task, WorkerId worker, int attempt) {
    if (task.state != TaskRecord.State.DONE && attempt >= task.attempt) {
      task.state = TaskRecord.State.PUSHED;
      task.attempt = attempt;
      task.executor = worker;
      task.changed();
    }
  }

  /// All that is known of an unfinished task of an inherited estate has come together: it goes on.
  ///
  /// @param atWork whether its executor lives and has it
  /// @param lost for one that may have run at a worker that is dead
  void decide(TaskRecord task, boolean atWork, Consumer<TaskRecord> lost) {
    WorkerId executor = task.executor;
    boolean begunHere = task.attempt >= task.firstAttempt();
    if (task.state == TaskRecord.State.DONE || begunHere || (executor != null && atWork)) {
      return;
    }
    if (task.state != TaskRecord.State.PUSHED || executor == null) {
      resolve(task);
    } else if (context.log.dead(executor)) {
      lost.accept(task);
    } else {
      task.executor = null;
      again(task);
    }
  }

  /// Records that a task has no value and never will.
  void end(TaskRecord task, Failure failure) {
    task.state = TaskRecord.State.DONE;
    task.changed();
    homes().leave(task);
    calls.remove(task);
    Outcome.Failed failed = new Outcome.Failed(failure);
    for (ObjectRecord record : task.returns) {
      if (record != null && record.state == ObjectRecord.State.PENDING) {
        table.fill(record, failed);
        done(record);
      }
    }
    lineages.giveUp(task);
    table.forgetIfDone(task);
  }

  /// The next execution goes without what an earlier one had called.
  void leaveHome(TaskRecord task) {
    homes().leave(task);
  }

  /// The value of a finished task is needed again.
  void executeAgain(TaskRecord task) {
    task.retriesLeft--;
    task.nextAttempt();
    lineages.revive(task);
    calls.add(task);
    resolve(task);
  }

  /// No member of the cluster can ever run the task.
  void impossible(TaskRecord task, String why) {
    end(task, Failure.of(Failure.Kind.RESOURCES_UNAVAILABLE, task + " " + why));
  }

  private Replicas replicas() {
    return Invariants.present(replicasOrNull, "replicas");
  }

  private Homes homes() {
    return Invariants.present(homesOrNull, "homes");
  }

  private Values values() {
    return Invariants.present(valuesOrNull, "values");
  }

  private TaskLeases leases() {
    return Invariants.present(leasesOrNull, "leases");
  }

  private Executions executions() {
    return Invariants.present(executionsOrNull, "executions");
  }
}
