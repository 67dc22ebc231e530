package dev.deed.futures.runtime;

import dev.deed.InterruptedGetException;
import java.util.function.BooleanSupplier;

/// Waits at a monitor for what its owner's state says.
final class MonitorWait {
  private MonitorWait() {}

  /// Waits until `met`, which is asked now and whenever the monitor, which the caller holds, is
  /// notified, or until `deadlineNs` of [System#nanoTime]; returns whether it was met. Throws
  /// [InterruptedGetException] with the words of `interrupted`.
  static boolean until(Object monitor, BooleanSupplier met, long deadlineNs, String interrupted) {
    while (!met.getAsBoolean()) {
      long leftNs = deadlineNs - System.nanoTime();
      if (leftNs <= 0) {
        return false;
      }
      try {
        monitor.wait(leftNs / 1_000_000 + 1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedGetException(interrupted, e);
      }
    }
    return true;
  }
}
