package dev.deed.evaluation.experiments.owners;

import dev.deed.evaluation.experiments.Measurement;
import java.util.Optional;

/// A measurement of this experiment.
sealed interface OwnerRun extends Measurement {
  /// With which durability.
  Setting setting();

  /// How fast an owner is without a failure: medians of all turns.
  ///
  /// @param ofNone the part of the speed that `NONE` had in the same round
  /// @param cpuUs processor time of all workers a task, which other programs change less than the
  ///   speed; NaN where the system does not tell
  /// @param bytesPerTask replicated, to all heirs together
  record Speed(
      String paper,
      String figure,
      String run,
      Setting setting,
      double seconds,
      int turns,
      double tasksPerSecond,
      double ofNone,
      double p50Us,
      double p99Us,
      double cpuUs,
      double bytesPerTask,
      Optional<String> error)
      implements OwnerRun {
    @Override
    public String toString() {
      return "speed, " + setting;
    }
  }

  /// What can be read after the owner's death.
  ///
  /// @param readable of so many `objects`
  /// @param firstMs from the kill to the first value read; NaN if none was
  /// @param seconds to the last one read, or failed
  record Reads(
      String paper,
      String figure,
      String run,
      Setting setting,
      double seconds,
      int objects,
      int readable,
      double firstMs,
      Optional<String> error)
      implements OwnerRun {
    @Override
    public String toString() {
      return "objects of a killed owner, " + setting;
    }
  }

  /// A parent whose worker is killed.
  ///
  /// @param atPercent of its children done when it was killed; 0 for an undisturbed run
  /// @param executed children, those cut off and repeated too
  record Parent(
      String paper,
      String figure,
      String run,
      Setting setting,
      double seconds,
      int atPercent,
      int children,
      int executed,
      Optional<String> error)
      implements OwnerRun {
    @Override
    public String toString() {
      return atPercent == 0
          ? "parent undisturbed, " + setting
          : "parent killed at " + atPercent + " %, " + setting;
    }
  }

  /// How long one object can't be read after its owner's death.
  record Takeovers(
      String paper,
      String figure,
      String run,
      Setting setting,
      double seconds,
      int kills,
      double p50Ms,
      double p90Ms,
      double maxMs,
      Optional<String> error)
      implements OwnerRun {
    @Override
    public String toString() {
      return kills + " takeovers, " + setting;
    }
  }
}
