package dev.deed.futures.runtime;

import dev.deed.DeedConfig;
import dev.deed.ownership.CoreConfig;

/// The settings of a core, from those of a program.
final class CoreConfigs {
  private CoreConfigs() {}

  /// @param cpus slots for tasks: 0 for a driver of a cluster
  static CoreConfig of(DeedConfig config, int cpus, MessageLimits limits) {
    CoreConfig defaults = CoreConfig.defaults(cpus, config.storeBytes(), config.seed());
    return new CoreConfig(
        config.inlineLimitBytes(),
        limits.inlineTotalBytes(),
        config.lineageBudgetBytes(),
        config.storeBytes(),
        cpus,
        defaults.queueBound(),
        defaults.prefetch(),
        defaults.releaseDelayNs(),
        defaults.leaseIdleNs(),
        defaults.heirs(),
        config.seed());
  }
}
