package dev.deed.ownership;

/// A record of an estate that its heirs are told of (protocol.md §3).
sealed interface Logged permits TaskRecord, ObjectRecord, Give, Incoming, Family {
  /// The record's number in the log of its estate: unique among the records that this worker has
  /// made, and never 0.
  long number();

  /// Notes that it has changed after `cut`, the last one of that log; false if that was noted, so
  /// that the log is told once until the next cut, however often a record changes. One that changes
  /// only by coming and going need not note it.
  default boolean changesAfter(long cut) {
    return true;
  }
}
