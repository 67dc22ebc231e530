package dev.deed.futures.runtime;

import java.util.function.BooleanSupplier;

/// How long it pays to spin before a thread parks: grows while spinning catches what it waits for,
/// shrinks to nothing while it doesn't, and is then tried again now and then. Shared by threads
/// without synchronisation: a lost update only makes the guess a little worse.
final class SpinBudget {
  private static final long SMALLEST_NS = 1_000;
  private static final int CHECKS_A_LOOK = 8;
  private static final int PROBE_EVERY = 32;

  private final long largestNs;
  private long budgetNs;
  private int skipped;

  SpinBudget(long largestNs) {
    this.largestNs = largestNs;
    this.budgetNs = largestNs;
  }

  /// Spins until `done`, or until it doesn't pay any more; returns whether it is done.
  boolean spin(BooleanSupplier done) {
    long budget = budgetNs;
    if (budget < SMALLEST_NS) {
      if (++skipped < PROBE_EVERY) {
        return done.getAsBoolean();
      }
      skipped = 0;
      budget = 4 * SMALLEST_NS;
    }
    long startNs = System.nanoTime();
    do {
      for (int i = 0; i < CHECKS_A_LOOK; i++) {
        if (done.getAsBoolean()) {
          budgetNs = Math.min(largestNs, 2 * budget);
          return true;
        }
        Thread.onSpinWait();
      }
    } while (System.nanoTime() - startNs < budget);
    budgetNs = budget / 2;
    return false;
  }
}
