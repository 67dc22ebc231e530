package dev.deed.transport;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waiting for what ends by itself, whatever interrupts come meanwhile.
public final class Threads {
  private Threads() {}

  /// Waits for the end of a thread, unless that is the calling one, however often this one is
  /// interrupted meanwhile; its flag is set again afterwards.
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (thread != Thread.currentThread()) {
      try {
        thread.join();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for what another thread does, however often this one is interrupted meanwhile; its flag
  /// is set again afterwards.
  public static void await(CountDownLatch done) {
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for what another thread does until `deadlineNs` (of [System#nanoTime]); returns whether
  /// it was done.
  public static boolean awaitUntil(CountDownLatch done, long deadlineNs) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return done.await(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Waits for the end of `thread` until `deadlineNs` (of [System#nanoTime]); returns whether it
  /// came.
  public static boolean joinUntil(Thread thread, long deadlineNs) {
    boolean interrupted = false;
    try {
      while (thread.isAlive()) {
        long leftNs = deadlineNs - System.nanoTime();
        if (leftNs <= 0) {
          return false;
        }
        try {
          thread.join(Duration.ofNanos(leftNs));
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
