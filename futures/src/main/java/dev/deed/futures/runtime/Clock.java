package dev.deed.futures.runtime;

/// The time that the core is told: nanoseconds since this class was loaded, from 1.
final class Clock {
  private static final long ORIGIN_NS = System.nanoTime() - 1;

  private Clock() {}

  static long nowNs() {
    return System.nanoTime() - ORIGIN_NS;
  }
}
