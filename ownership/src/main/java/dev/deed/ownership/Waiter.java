package dev.deed.ownership;

import dev.deed.lineage.WorkerId;

/// Who is to be told when an object is done.
sealed interface Waiter {

  /// A get of this worker.
  record OfGet(long request) implements Waiter {}

  /// A task of this estate that has the object as an argument.
  record OfTask(TaskRecord task) implements Waiter {}

  /// A wait of this worker for several objects.
  ///
  /// @param position of the object in the wait's list
  record OfAwait(Awaits.Await await, int position) implements Waiter {}

  /// Another worker that asked the owner.
  record OfAsker(WorkerId asker, long request) implements Waiter {}

  /// Those in this worker who need the bytes, after the holders that were known, if any, were of no
  /// use.
  record OfFetch(dev.deed.lineage.Reference reference) implements Waiter {}
}
