package dev.deed.ownership;

import dev.deed.lineage.WorkerId;

/// The receiving end of one sender's stream to an estate (protocol.md §2).
final class Incoming implements Logged {
  final WorkerId sender;
  private final long number;

  /// The last message that is applied.
  long applied;

  /// Whether the sender has not been told how far.
  boolean owed;

  Incoming(WorkerId sender, long number) {
    this.sender = sender;
    this.number = number;
  }

  @Override
  public long number() {
    return number;
  }
}
