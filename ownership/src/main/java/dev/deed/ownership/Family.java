package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;

/// The calls and puts of a task that has begun at a dead worker and not ended: kept in that
/// worker's estate for its next execution (protocol.md §5).
///
/// @param owner the estate of the task itself
/// @param isOfMain whether the task is the main of the job whose estate this is, which has no owner
///   but the membership log
record Family(TaskId parent, EstateId owner, long number, boolean isOfMain) implements Logged {
  /// Of a task that has an owner.
  Family(TaskId parent, EstateId owner, long number) {
    this(parent, owner, number, false);
  }

  /// As what it holds.
  Cause cause() {
    return new Cause.Parent(parent);
  }
}
