package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The owner's side of adoption: tasks that had begun at a worker that died begin again where what
/// they had called is (protocol.md §5).
final class Homes {
  /*
   * State: each unfinished task's home, in its record.
   * Messages: Unsettled, Settled (to the home); Settling (from it).
   * Invariant: the home keeps the calls of a task from before it frees anything of a dead worker's until
   * the task has ended, or its record is gone, and the heirs of the task's estate know it.
   * Failure: the messages are of streams, so they outlive servers on both sides; who serves a task's
   * estate after another says again what is unsettled, and is asked for what it may not know of.
   */
  private final CoreContext context;
  private final Streams streams;
  private final OwnershipTable table;

  Homes(CoreContext context, Streams streams, OwnershipTable table) {
    this.context = context;
    this.streams = streams;
    this.table = table;
  }

  /// These estates have new servers: they are told of the tasks that will come back to them.
  void followServers(Set<EstateId> moved) {
    for (TaskRecord task : table.tasks()) {
      EstateId home = task.home;
      if (home != null && moved.contains(home)) {
        unsettled(task, home);
      }
    }
  }

  /// The records of an estate are there: the homes of its tasks are told.
  void inherited(Estate estate) {
    estate.tasks.forEach(task -> {
      EstateId home = task.home;
      if (home != null && context.log.dead(home.creator())) {
        unsettled(task, home);
      }
    });
  }

  private void unsettled(TaskRecord task, EstateId home) {
    if (task.state != TaskRecord.State.DONE && !context.log.closed(home)) {
      streams.send(home, new Message.EstateMessage.Unsettled(task.id, task.estate.id));
    }
  }

  /// A run of the task has ended, or what it had called is of no use to it.
  void leave(TaskRecord task) {
    EstateId home = task.home;
    if (home == null) {
      return;
    }
    task.home = null;
    task.changed();
    if (context.log.dead(home.creator())) {
      settled(home, task.id);
    }
  }

  /// A home asks whether a task will come back.
  void settling(Estate estate, TaskId parent, EstateId home) {
    @Nullable TaskRecord task = estate.tasks.get(parent);
    if (task == null || !home.equals(task.home)) {
      settled(home, parent);
    }
  }

  private void settled(EstateId home, TaskId task) {
    context.gate.after(() -> {
      if (!context.log.closed(home)) {
        streams.send(home, new Message.EstateMessage.Settled(task));
      }
    });
  }
}
