package dev.deed.futures;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A latch that tasks of this JVM find by its number: a task captures a copy of a gate, and the
/// copy is as good.
record Gate(long number) {
  private static final Map<Long, CountDownLatch> LATCHES = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();

  static Gate shut() {
    Gate gate = new Gate(NUMBERS.incrementAndGet());
    LATCHES.put(gate.number, new CountDownLatch(1));
    return gate;
  }

  private CountDownLatch latch() {
    CountDownLatch latch = LATCHES.get(number);
    if (latch == null) {
      throw new IllegalStateException("no such gate: " + number);
    }
    return latch;
  }

  void open() {
    latch().countDown();
  }

  boolean isOpen() {
    return latch().getCount() == 0;
  }

  /// Waits until it is open; a minute is a failure.
  void pass() throws InterruptedException {
    if (!latch().await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a gate stayed shut");
    }
  }
}
