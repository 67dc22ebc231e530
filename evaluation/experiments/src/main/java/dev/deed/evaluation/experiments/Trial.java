package dev.deed.evaluation.experiments;

import dev.deed.evaluation.experiments.cluster.ClusterSource;
import java.nio.file.Path;
import java.util.Optional;

/// What an experiment runs with.
///
/// @param effort how much time it may take
/// @param input a text to use instead of the usual one: a folder or a zip file
/// @param workers number of worker processes, where the paper doesn't set it
/// @param clusters where clusters come from
/// @param listener is told how it goes
public record Trial(
    Effort effort, Optional<Path> input, int workers, ClusterSource clusters, Listener listener) {

  /// How much time an experiment may take.
  public enum Effort {
    /// A minute or two: enough to see the shape.
    QUICK,
    /// The lengths of the paper.
    FULL
  }

  /// Is told how an experiment goes, by the thread that runs it.
  public interface Listener {
    /// A measurement begins.
    void begins(String what);

    /// A measurement was made.
    void measured(Measurement measurement);
  }
}
