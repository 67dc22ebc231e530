package dev.deed.transport.store;

/// Bytes a nanosecond, weighted towards the last few megabytes. Thread-safe.
///
/// Bytes and times decay together, so a slow chunk counts by the time that it took.
final class LinkSpeed {
  private static final double KEPT = 0.8;

  private double bytes;
  private double ns;

  /// Assumes a speed until it is measured.
  LinkSpeed(double assumed) {
    if (assumed > 0) {
      bytes = assumed;
      ns = 1;
    }
  }

  synchronized void measured(long moreBytes, long tookNs) {
    bytes = bytes * KEPT + moreBytes;
    ns = ns * KEPT + Math.max(tookNs, 1);
  }

  /// Infinite if nothing is known.
  synchronized double bytesPerNs() {
    return ns == 0 ? Double.POSITIVE_INFINITY : bytes / ns;
  }
}
