package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;

/// The calls and puts of a task that has begun at a dead worker and not ended: kept in that
/// worker's estate for its next execution (protocol.md §5).
///
/// @param owner the estate of the task itself
record Family(TaskId parent, EstateId owner, long number) implements Logged {
  /// As what it holds.
  Cause cause() {
    return new Cause.Parent(parent);
  }
}
