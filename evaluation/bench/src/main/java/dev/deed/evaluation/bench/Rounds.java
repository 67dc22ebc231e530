package dev.deed.evaluation.bench;

import java.time.Duration;
import java.util.Arrays;

/// How often and how long a benchmark is repeated: warm-up rounds, then the median of measured
/// ones.
///
/// A round is made of as many steps as fit into its time. A step that takes longer than that is a
/// round by itself; when such rounds would take too long together, there are fewer of them, at
/// least one.
///
/// @param warmUps rounds whose time is not used
/// @param measured rounds whose median is the result
/// @param round time of one round
/// @param most time after which no further round is begun
record Rounds(int warmUps, int measured, Duration round, Duration most) {
  /// For figures that are published.
  static final Rounds FULL = new Rounds(3, 5, Duration.ofMillis(500), Duration.ofSeconds(45));

  /// For a first impression.
  static final Rounds QUICK = new Rounds(1, 3, Duration.ofMillis(100), Duration.ofSeconds(10));

  /// One step and no more.
  static final Rounds ONCE = new Rounds(0, 1, Duration.ZERO, Duration.ZERO);

  /// No round has more steps, however little they take.
  private static final int MOST_STEPS = 1 << 28;

  private static final double NANOS = 1e9;

  /// Something that can be done so many times in a row.
  @FunctionalInterface
  interface Body {
    void run(int steps) throws Exception;
  }

  /// What is reset between warm-up and measurement.
  @FunctionalInterface
  interface Reset {
    void reset();
  }

  /// The median rate of a body, in steps a second.
  double rate(Body body) throws Exception {
    return rate(body, () -> {});
  }

  /// As [#rate(Body)]; `reset` is called when the warm-up is over.
  double rate(Body body, Reset reset) throws Exception {
    long endNs = System.nanoTime() + most.toNanos();
    int steps = calibrate(body);
    for (int i = 0; i < warmUps && System.nanoTime() < endNs; i++) {
      body.run(steps);
    }
    reset.reset();
    double[] rates = new double[measured];
    int done = 0;
    do {
      long beganNs = System.nanoTime();
      body.run(steps);
      rates[done++] = steps * NANOS / Math.max(1, System.nanoTime() - beganNs);
    } while (done < measured && System.nanoTime() < endNs);
    return median(Arrays.copyOf(rates, done));
  }

  /// How many steps fit into a round; they are also the first of the warm-up.
  private int calibrate(Body body) throws Exception {
    int steps = 1;
    while (!round.isZero()) {
      long beganNs = System.nanoTime();
      body.run(steps);
      long tookNs = Math.max(1, System.nanoTime() - beganNs);
      if (tookNs * 4 >= round.toNanos() || steps == MOST_STEPS) {
        return Math.clamp(steps * round.toNanos() / tookNs, 1, MOST_STEPS);
      }
      steps *= 2;
    }
    return steps;
  }

  /// The middle of the values; of an even number the mean of the two in the middle.
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
