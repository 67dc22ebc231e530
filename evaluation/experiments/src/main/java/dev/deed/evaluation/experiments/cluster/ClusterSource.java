package dev.deed.evaluation.experiments.cluster;

import dev.deed.DeedConfig;

/// Starts clusters.
@FunctionalInterface
public interface ClusterSource {

  /// Starts a cluster with so many workers; returns when all have joined.
  ClusterControl start(int workers, DeedConfig config);
}
