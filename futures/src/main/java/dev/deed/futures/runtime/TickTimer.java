package dev.deed.futures.runtime;

import dev.deed.transport.Threads;
import java.util.concurrent.locks.LockSupport;

/// The thread that tells the core that time has passed. It sleeps until the earliest time that the
/// core has named.
final class TickTimer {
  private final Object lock = new Object();
  private final Thread thread;
  private final Runnable tick;
  private volatile long plannedNs = Long.MAX_VALUE;
  private volatile boolean closed;

  /// A timer that is not started yet; `tick` publishes the event.
  TickTimer(String name, Runnable tick) {
    this.tick = tick;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Makes sure of a tick at `dueNs` (of [Clock]), or soon after.
  void wakeBy(long dueNs) {
    if (dueNs < plannedNs) {
      synchronized (lock) {
        if (dueNs >= plannedNs) {
          return;
        }
        plannedNs = dueNs;
      }
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!closed) {
      long planned = plannedNs;
      if (planned == Long.MAX_VALUE) {
        LockSupport.park(this);
        continue;
      }
      long leftNs = planned - Clock.nowNs();
      if (leftNs > 0) {
        LockSupport.parkNanos(this, leftNs);
        continue;
      }
      synchronized (lock) {
        plannedNs = Long.MAX_VALUE;
      }
      tick.run();
    }
  }

  /// Ends the thread and waits for that.
  void close() {
    closed = true;
    LockSupport.unpark(thread);
    Threads.join(thread);
  }
}
