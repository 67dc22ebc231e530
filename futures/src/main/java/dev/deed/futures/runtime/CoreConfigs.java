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

  /// How a worker's estates are kept.
  static HeirsConfig worker(DeedConfig config) {
    HeirsConfig.Mode mode =
        switch (config.durability()) {
          case NONE -> HeirsConfig.Mode.NONE;
          case ASYNC -> HeirsConfig.Mode.ASYNC;
          case SYNC -> HeirsConfig.Mode.SYNC;
        };
    return mode == HeirsConfig.Mode.NONE || config.heirs() == 0
        ? HeirsConfig.NONE
        : HeirsConfig.defaults(mode, config.heirs());
  }

  /// How a driver's estates are kept. It has heirs if they hold a job that has a name: otherwise
  /// its program ends with it, or what that calls is in another estate. A journal is one more heir.
  static HeirsConfig driver(DeedConfig config, boolean journal) {
    boolean serves = config.job().filter(job -> journal || !job.resumed()).isPresent();
    HeirsConfig heirs = serves ? worker(config) : HeirsConfig.NONE;
    if (!journal || heirs.mode() != HeirsConfig.Mode.NONE) {
      return heirs;
    }
    boolean sync = config.durability() == Durability.SYNC;
    return HeirsConfig.defaults(sync ? HeirsConfig.Mode.SYNC : HeirsConfig.Mode.ASYNC, 0);
  }
}
