package dev.deed.ownership;

import java.util.ArrayDeque;
import java.util.Deque;

/// The holder's side of a membership lease (protocol.md §4): as long as it [#holds], the worker may
/// act as a member. It counts from the *sending* of the renewal that was granted, on its own
/// monotonic clock.
///
/// Times are nanoseconds of one clock with any origin. Not thread-safe.
public final class MembershipLease {
  /*
   * Safety: the keeper receives a renewal after it was sent, and counts from the receipt, longer than this
   * by more than the clocks' drift.  So this side's count ends first, whatever is delayed or lost.
   * A grant of a renewal that has been forgotten here is ignored.
   */

  /// Most renewals whose grants are waited for.
  static final int MAX_AWAITED = 32;

  private record Renewal(long number, long sentNs) {}

  private final long leaseNs;
  private final Deque<Renewal> awaited = new ArrayDeque<>();
  private long lastNumber;
  private long lastSentNs;
  private boolean granted;
  private long heldFromNs;

  /// A lease of `leaseNs` nanoseconds, not held yet.
  public MembershipLease(long leaseNs) {
    if (leaseNs <= 0) {
      throw new IllegalArgumentException("a lease of " + leaseNs + " ns");
    }
    this.leaseNs = leaseNs;
  }

  /// Whether it is time to send a renewal: a third of the lease has passed since the last one.
  public boolean renewalDue(long nowNs) {
    return lastNumber == 0 || nowNs - lastSentNs >= leaseNs / 3;
  }

  /// A renewal is sent now; gives its number.
  public long renew(long nowNs) {
    lastNumber++;
    lastSentNs = nowNs;
    awaited.addLast(new Renewal(lastNumber, nowNs));
    if (awaited.size() > MAX_AWAITED) {
      awaited.removeFirst();
    }
    return lastNumber;
  }

  /// The renewal was granted: the lease runs from when it was sent. Ignores numbers that are not
  /// awaited.
  public void granted(long number) {
    while (!awaited.isEmpty() && awaited.getFirst().number <= number) {
      Renewal renewal = awaited.removeFirst();
      if (renewal.number == number) {
        granted = true;
        heldFromNs = renewal.sentNs;
      }
    }
  }

  /// Whether the worker may act now.
  public boolean holds(long nowNs) {
    return granted && nowNs - heldFromNs < leaseNs;
  }

  /// How long the lease still runs, 0 when it is not held.
  public long remainingNs(long nowNs) {
    return holds(nowNs) ? leaseNs - (nowNs - heldFromNs) : 0;
  }

  /// The worker has been declared dead: never held again, whatever is granted.
  public void end() {
    granted = false;
    awaited.clear();
  }
}
