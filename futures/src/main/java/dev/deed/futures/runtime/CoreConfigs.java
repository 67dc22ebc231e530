package dev.deed.futures.runtime;

import dev.deed.DeedConfig;
import dev.deed.Durability;
import dev.deed.ownership.CoreConfig;
import dev.deed.ownership.heirs.HeirsConfig;

/// The settings of a core, from those of a program.
final class CoreConfigs {
  private CoreConfigs() {}

  /// @param cpus slots for tasks: 0 for a driver of a cluster
  static CoreConfig of(DeedConfig config, int cpus, MessageLimits limits, HeirsConfig heirs) {
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
        heirs,
        config.seed());
  }

  /// How the estate of a job with a journal is kept by its driver: by the journal alone.
  static HeirsConfig journal(DeedConfig config) {
    boolean sync = config.durability() == Durability.SYNC;
    return HeirsConfig.defaults(sync ? HeirsConfig.Mode.SYNC : HeirsConfig.Mode.ASYNC, 0);
  }

  /// How a worker's estates are kept. A driver is no heir, and has heirs if it begins a job:
  /// otherwise its program ends with it, or what that calls is in another estate.
  static HeirsConfig heirs(DeedConfig config, boolean driver) {
    HeirsConfig.Mode mode =
        switch (config.durability()) {
          case NONE -> HeirsConfig.Mode.NONE;
          case ASYNC -> HeirsConfig.Mode.ASYNC;
          case SYNC -> HeirsConfig.Mode.SYNC;
        };
    boolean begins = config.job().filter(job -> !job.resumed()).isPresent();
    return (driver && !begins) || mode == HeirsConfig.Mode.NONE || config.heirs() == 0
        ? HeirsConfig.NONE
        : HeirsConfig.defaults(mode, config.heirs());
  }
}
