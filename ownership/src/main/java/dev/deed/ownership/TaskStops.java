package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import org.jspecify.annotations.Nullable;

/// The owner's side of what ends a task from outside: it is cancelled, its deadline passes, or its
/// executor dies.
final class TaskStops {
  /*
   * Messages: TaskCancel (to the executor).
   * Invariants: a stopped task has failed at once, whatever its executor still does; the end of that
   * execution only gives its place back.
   * Failure: an execution at a dead worker costs a retry; without one the task fails with WORKER_LOST.
   */
  private final CoreContext context;
  private final OwnershipTable table;
  private final Tasks tasks;
  private @Nullable Executions executionsOrNull;

  TaskStops(CoreContext context, OwnershipTable table, Tasks tasks) {
    this.context = context;
    this.table = table;
    this.tasks = tasks;
  }

  void connect(Executions executions) {
    executionsOrNull = executions;
  }

  /// Somebody wants the task of an own object stopped.
  void cancel(Reference object, CancelMode mode, boolean recursive) {
    TaskRecord task = table.task(object.estate(), object.object().task());
    if (task != null && task.state != TaskRecord.State.DONE) {
      stop(task, cancelledFailure(task), mode, recursive);
    }
  }

  /// The unfinished calls of a parent that is stopped are given up, whatever run of it made them:
  /// the parent itself is not wanted.
  void cancelChildren(TaskId parent) {
    for (TaskRecord task : tasks.calls(parent)) {
      if (task.state != TaskRecord.State.DONE) {
        stop(task, cancelledFailure(task), CancelMode.INTERRUPT, true);
      }
    }
  }

  /// The deadline of a task has passed.
  void deadline(EstateId estate, TaskId id) {
    TaskRecord task = table.task(estate, id);
    if (task != null && task.state != TaskRecord.State.DONE) {
      long ms = task.spec().terms().timeoutNs() / 1_000_000;
      Failure failure =
          Failure.of(Failure.Kind.DEADLINE, task + " was not done within its " + ms + " ms");
      stop(task, failure, CancelMode.INTERRUPT, true);
    }
  }

  private void stop(TaskRecord task, Failure failure, CancelMode mode, boolean recursive) {
    WorkerId executor = task.executor;
    // A push that has not left will not leave.
    boolean begun = executor != null && !task.pushWaits;
    // The failure is recorded first: an execution that hasn't begun ends at once, as cancelled.
    tasks.end(task, failure);
    if (begun) {
      tell(task, Invariants.present(executor, "executor"), mode, recursive);
    }
  }

  private void tell(TaskRecord task, WorkerId executor, CancelMode mode, boolean recursive) {
    Executions executions = Invariants.present(executionsOrNull, "executions");
    if (task.execution != null) {
      executions.stop(task.execution, mode, recursive);
    } else if (executor.equals(context.id)) {
      executions.cancel(task.estate.id, task.id, task.attempt, mode, recursive);
    } else {
      context.send(
          executor, new Message.TaskCancel(task.estate.id, task.id, task.attempt, mode, recursive));
    }
  }

  static Failure cancelledFailure(TaskRecord task) {
    return Failure.of(Failure.Kind.TASK_CANCELLED, task + " was cancelled");
  }

  /// A worker's death is followed: what it executed is lost.
  void followDeath(WorkerId dead) {
    for (TaskRecord task : table.tasks()) {
      if (dead.equals(task.executor)) {
        lost(task);
      }
    }
  }

  /// A task of an inherited estate is at `worker`, of whose call nothing is known: nobody can have
  /// its result.
  void unknown(EstateId estate, TaskId task, int attempt, WorkerId worker) {
    if (worker.equals(context.id)) {
      Invariants.present(executionsOrNull, "executions")
          .cancel(estate, task, attempt, CancelMode.INTERRUPT, true);
    } else {
      context.send(
          worker, new Message.TaskCancel(estate, task, attempt, CancelMode.INTERRUPT, true));
    }
  }

  /// Nobody can have the results of a task any more.
  void unwanted(TaskRecord task) {
    if (task.state != TaskRecord.State.DONE) {
      stop(task, cancelledFailure(task), CancelMode.INTERRUPT, true);
    }
  }

  /// The executor of a task is dead.
  void lost(TaskRecord task) {
    WorkerId dead = Invariants.present(task.executor, "executor of a lost task");
    boolean neverLeft = task.pushWaits;
    task.lease = null;
    tasks.landed(task, 0);
    if (task.state != TaskRecord.State.PUSHED) {
      table.forgetIfDone(task);
    } else if (neverLeft) {
      tasks.again(task);
    } else if (task.retriesLeft > 0) {
      tasks.retry(task);
    } else {
      tasks.end(
          task,
          Failure.of(
              Failure.Kind.WORKER_LOST,
              task
                  + " was at worker "
                  + dead.brief()
                  + ", which died; its "
                  + task.retries
                  + " retries are used up; allow more, or see that worker's log"));
    }
  }
}
