package dev.deed.evaluation.experiments.nsdi21;

import java.util.List;
import java.util.Optional;

/// The numbers of the paper's figure 14 for ownership, as its artifact has them: chains of 10 s on
/// one worker node of 4 processors, which at 5 s is killed and restarted.
///
/// @param large whether values have 10 MiB
/// @param delayMs how long each task sleeps
/// @param seconds without a failure
/// @param killedSeconds with the failure
record PaperRecovery(boolean large, int delayMs, double seconds, double killedSeconds) {
  private static final List<PaperRecovery> ALL =
      List.of(
          new PaperRecovery(false, 1000, 11.0, 14.5),
          new PaperRecovery(false, 500, 10.8, 14.0),
          new PaperRecovery(false, 100, 11.3, 14.0),
          new PaperRecovery(false, 50, 11.3, 14.2),
          new PaperRecovery(false, 10, 12.8, 15.8),
          new PaperRecovery(true, 1000, 11.0, 19.3),
          new PaperRecovery(true, 500, 11.1, 19.7),
          new PaperRecovery(true, 100, 11.6, 20.1),
          new PaperRecovery(true, 50, 12.5, 19.6),
          new PaperRecovery(true, 10, 16.2, 26.1));

  static Optional<PaperRecovery> of(boolean large, long delayMs) {
    return ALL.stream().filter(p -> p.large == large && p.delayMs == delayMs).findFirst();
  }

  /// The run time with the failure, where 1 is that without.
  double relative() {
    return killedSeconds / seconds;
  }
}
