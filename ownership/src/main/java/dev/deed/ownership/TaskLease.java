package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;

/// The right to keep tasks of one shape in flight at one worker.
final class TaskLease {
  final long number;
  final WorkerId worker;
  final TaskLeases.Shape shape;

  /// How many tasks of the shape the worker can run at once.
  final int slots;

  /// Most tasks in flight; 0 until the lease is granted.
  int credits;

  int inFlight;

  /// How many of them are blocked, as far as the worker has told.
  int blocked;

  long lastUsedNs;
  boolean watched;

  /// The executor's side of it, when that is this worker too.
  final LeaseGrants.Grant grant;

  /// The worker's own estate.
  final EstateId home;

  TaskLease(long number, WorkerId worker, TaskLeases.Shape shape, int slots) {
    this.number = number;
    this.worker = worker;
    this.home = new EstateId(worker);
    this.shape = shape;
    this.slots = slots;
    this.grant = new LeaseGrants.Grant(worker, number, this);
  }

  boolean granted() {
    return credits > 0;
  }

  /// How many tasks should be in flight: enough to bridge the way there and back when tasks are
  /// short, few when they are long, so that none waits behind another while a third worker is idle.
  int window() {
    long perSlot = shape.averageNs < 0 ? 1 : 1 + TaskLeases.BRIDGED_NS / (shape.averageNs + 1);
    return (int) Math.min(credits, slots * perSlot) + blocked;
  }
}
