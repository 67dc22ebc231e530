package dev.deed.transport.store;

import java.util.concurrent.atomic.AtomicLong;

/// A guard behind the core's accounting: the store never keeps more than its limit. Thread-safe.
final class Room {
  private final long limitBytes;
  private final AtomicLong used = new AtomicLong();

  Room(long limitBytes) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException("a limit of " + limitBytes + " bytes");
    }
    this.limitBytes = limitBytes;
  }

  /// Takes room for `bytes`, or throws and takes none.
  void take(long bytes) throws OutOfSpaceException {
    long before = used.getAndAdd(bytes);
    if (bytes > limitBytes - before) {
      used.getAndAdd(-bytes);
      throw new OutOfSpaceException(
          bytes + " bytes wanted, " + before + " of " + limitBytes + " in use");
    }
  }

  void give(long bytes) {
    used.getAndAdd(-bytes);
  }

  long freeBytes() {
    return Math.max(0, limitBytes - used.get());
  }

  long usedBytes() {
    return used.get();
  }
}
