package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;

/// What is to be done when its time has come. A due thing that has become pointless does nothing.
sealed interface Due {

  /// A finished message's references are registered if their handles still have not gone.
  record ReleaseDue(Receipt receipt) implements Due {}

  /// A fetch that failed is tried again.
  record RefetchDue(dev.deed.lineage.Reference reference, CopyName useless) implements Due {}

  /// Workers that could not make a copy are asked again.
  record CopyDue(ObjectRecord record, Replication copies) implements Due {}

  /// A task lease may have become idle.
  record LeaseDue(TaskLease lease) implements Due {}

  /// The pause of a shape whose lease was denied.
  record ShapeDue(TaskLeases.Shape shape) implements Due {}

  /// A task's deadline.
  record DeadlineDue(EstateId estate, TaskId task) implements Due {}

  /// An answer to deaths has not appeared in the log.
  record AnswerDue(long through) implements Due {}

  /// A batch of changes is to be sent to the heirs.
  record CutDue() implements Due {}

  /// What was sent to heirs, or proposed about them, may have been lost.
  record HeirsDue() implements Due {}

  /// A wait for room in the store has lasted too long.
  record RoomDue(StoreIndex.Wish wish) implements Due {}
}
