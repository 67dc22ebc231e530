package dev.deed.evaluation.bench;

import java.time.Duration;
import java.util.Arrays;

/// How often and how long a benchmark is repeated: warm-up rounds, then the median of measured
/// ones.
///
/// A warm-up round repeats the body until its time is over, with ever more steps; a measured round
/// is made of as many steps as the last warm-up found to fit into that time. What the very first
/// steps take, of classes that load and leases that are asked for, decides nothing. A step that
/// takes longer than a round is a round by itself; when such rounds would take too long together,
/// there are fewer of them, at least one.
///
/// @param warmUps rounds whose time is not used
/// @param measured rounds whose median is the result
/// @param round time of one round
/// @param most time after which no further round is begun
record Rounds(int warmUps, int measured, Duration round, Duration most) {
  /// For figures that are published: by the end of the warm-up three processes on two processors
  /// have compiled what is hot.
  static final Rounds FULL = new Rounds(3, 5, Duration.ofSeconds(2), Duration.ofSeconds(45));

  /// For a first impression.
  static final Rounds QUICK = new Rounds(2, 3, Duration.ofMillis(300), Duration.ofSeconds(10));

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
    int steps = 1;
    for (int i = 0; i < warmUps && System.nanoTime() < endNs; i++) {
      steps = warmUp(body, steps);
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

  /// One round of warm-up that begins with `steps`; returns how many fit into a round.
  private int warmUp(Body body, int steps) throws Exception {
    int next = steps;
    long leftNs = round.toNanos();
    do {
      long beganNs = System.nanoTime();
      body.run(next);
      long tookNs = Math.max(1, System.nanoTime() - beganNs);
      leftNs -= tookNs;
      next = next(next, tookNs);
    } while (leftNs > 0);
    return next;
  }

  /// What fits into a round if `steps` took that long, but at most twice as many.
  private int next(int steps, long tookNs) {
    double fit = steps * (double) round.toNanos() / tookNs;
    return (int) Math.clamp(fit, 1, Math.min(MOST_STEPS, 2.0 * steps));
  }

  /// The middle of the values; of an even number the mean of the two in the middle.
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
