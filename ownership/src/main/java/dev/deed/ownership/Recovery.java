package dev.deed.ownership;

import dev.deed.lineage.TaskSpec;
import org.jspecify.annotations.Nullable;

/// Makes lost values again by executing their tasks once more (lineage reconstruction, paper §4.3).
///
/// Recursion needs no plan of its own: a task that is executed again waits for its arguments, and
/// waiting for an argument that is lost, here or at another owner, recovers it. It is
/// single-flight, since a task that is under way already is joined.
final class Recovery {
  private final CoreContext context;
  private final OwnershipTable table;
  private final Tasks tasks;
  private @Nullable Values values;

  Recovery(CoreContext context, OwnershipTable table, Tasks tasks) {
    this.context = context;
    this.table = table;
    this.tasks = tasks;
  }

  void connect(Values toValues) {
    values = toValues;
  }

  /// The value of `record` is needed and nowhere to be had.
  void recover(ObjectRecord record) {
    TaskRecord task = record.creator;
    table.loseValue(record);
    if (task == null) {
      lose(
          record,
          Failure.Kind.LOST_PUT,
          "all copies of the value put at "
              + site(record.origin)
              + " are gone; put it with more replicas, or let a task make it");
    } else if (task.state != TaskRecord.State.DONE) {
      record.state = ObjectRecord.State.PENDING;
    } else if (task.evicted) {
      lose(
          record,
          Failure.Kind.LOST_LINEAGE_EVICTED,
          "all copies of the result of "
              + task
              + " are gone, and its lineage had been given up for the lineage budget of "
              + context.config.lineageBudgetBytes()
              + " bytes; raise lineageBudgetBytes");
    } else if (task.retries == 0) {
      lose(
          record,
          Failure.Kind.LOST_NO_LINEAGE,
          "all copies of the result of " + task + " are gone, and it has no retries; allow some");
    } else if (task.spec == null || task.retriesLeft == 0) {
      lose(
          record,
          Failure.Kind.LOST_RETRIES_EXHAUSTED,
          "all copies of the result of "
              + task
              + " are gone, and its "
              + task.retries
              + " retries are used up");
    } else {
      record.state = ObjectRecord.State.PENDING;
      context.report(Effects.Report.Kind.REEXECUTED, "executing " + task + " again for its value");
      tasks.executeAgain(task);
    }
  }

  private void lose(ObjectRecord record, Failure.Kind kind, String message) {
    table.fill(record, new Outcome.Failed(Failure.of(kind, message)));
    context.later(done -> Invariants.present(values, "values").completed(done), record);
  }

  /// Where something was put, for people.
  static String site(TaskSpec.Origin origin) {
    return origin.site().isEmpty() ? "an unknown place" : origin.site();
  }
}
