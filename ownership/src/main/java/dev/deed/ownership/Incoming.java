package dev.deed.ownership;

import dev.deed.lineage.WorkerId;
import org.jspecify.annotations.Nullable;

/// The receiving end of one sender's stream to an estate (protocol.md §2).
final class Incoming implements Logged {
  final WorkerId sender;
  private final long number;

  /// The last message that is applied.
  long applied;

  /// The cut of the record log after which it changed last; -1 for none.
  private long changedAfter = -1;

  /// Whether the sender has not been told how far.
  boolean owed;

  /// An acknowledgement that waits for the heirs; null while none does.
  @Nullable Waiting waiting;

  /// How far may be acknowledged when the heirs hold the batch.
  static final class Waiting {
    final long batch;
    long through;

    Waiting(long batch, long through) {
      this.batch = batch;
      this.through = through;
    }
  }

  Incoming(WorkerId sender, long number) {
    this.sender = sender;
    this.number = number;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public boolean changesAfter(long cut) {
    boolean first = changedAfter != cut;
    changedAfter = cut;
    return first;
  }
}
