package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.evaluation.experiments.Measurement;
import java.util.Optional;

/// One run of the recovery chain.
///
/// @param run `chain.small` or `chain.large`, and `.killed` if the worker was killed
/// @param seconds from the first call to the last value
/// @param delayMs how long each task sleeps
/// @param tasks number of tasks
/// @param idealSeconds the sum of the delays
/// @param killed whether the worker was killed at half of that
/// @param addSeconds how long starting the new worker took
/// @param executed what was executed
/// @param error what is wrong
record ChainRun(
    String paper,
    String figure,
    String run,
    double seconds,
    long delayMs,
    int tasks,
    double idealSeconds,
    boolean killed,
    double addSeconds,
    Executed executed,
    Optional<String> error)
    implements Measurement {

  boolean large() {
    return run.startsWith("chain.large");
  }

  @Override
  public String toString() {
    return run + ", " + delayMs + " ms";
  }
}
