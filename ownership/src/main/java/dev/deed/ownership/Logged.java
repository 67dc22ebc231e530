package dev.deed.ownership;

/// A record of an estate that its heirs are told of (protocol.md §3).
sealed interface Logged permits TaskRecord, ObjectRecord, Give, Incoming, Family {
  /// The record's number in the log of its estate: unique among the records that this worker has
  /// made, and never 0.
  long number();
}
