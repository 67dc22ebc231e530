package dev.deed.transport.journal;

import java.time.Duration;

/// When a journal is synced, which is when what was committed counts as kept.
///
/// @param syncs whether it is at all; if not, it counts as kept when it was written: it survives
///   the process and not the machine
/// @param intervalNs shortest time between two syncs
public record SyncPolicy(boolean syncs, long intervalNs) {
  /// As soon as there is something: one sync for all that came while the one before went on.
  public static final SyncPolicy EACH = new SyncPolicy(true, 0);

  /// When the journal is closed only.
  public static final SyncPolicy NEVER = new SyncPolicy(false, 0);

  /// Refuses a negative interval.
  public SyncPolicy {
    if (intervalNs < 0) {
      throw new IllegalArgumentException("an interval of " + intervalNs + " ns");
    }
  }

  /// At most so often.
  public static SyncPolicy every(Duration interval) {
    return new SyncPolicy(true, interval.toNanos());
  }
}
