package dev.deed.ownership;

import dev.deed.ownership.heirs.HeirsConfig;

/// The numbers that a core runs by.
///
/// @param inlineLimitBytes largest value that travels in a message
/// @param inlineTotalBytes most bytes of such values that travel in one message together, and most
///   bytes of what describes large ones there
/// @param lineageBudgetBytes most bytes of specifications and of argument values kept only for them
/// @param storeBytes most bytes of stored copies
/// @param cpus slots of this worker; 0 for a driver that runs no tasks of others
/// @param queueBound most tasks that wait here for others
/// @param prefetch tasks handed to the executor beyond the free processors
/// @param releaseDelayNs how long a finished message waits for its handles to go before they are
///   registered
/// @param leaseIdleNs how long an unused task lease is kept
/// @param heirs how the estates that this worker serves are kept for the case that it dies
/// @param seed of drawn choices
public record CoreConfig(
    int inlineLimitBytes,
    long inlineTotalBytes,
    long lineageBudgetBytes,
    long storeBytes,
    int cpus,
    int queueBound,
    int prefetch,
    long releaseDelayNs,
    long leaseIdleNs,
    HeirsConfig heirs,
    long seed) {
  /// The defaults of architecture.md §8, for a worker of `cpus` processors and a store of
  /// `storeBytes`.
  public static CoreConfig defaults(int cpus, long storeBytes, long seed) {
    return new CoreConfig(
        64 << 10,
        200L << 20,
        256L << 20,
        storeBytes,
        cpus,
        1 << 20,
        64,
        1_000_000_000L,
        500_000_000L,
        HeirsConfig.NONE,
        seed);
  }

  /// These, with another [#inlineTotalBytes()].
  public CoreConfig withInlineTotalBytes(long bytes) {
    return new CoreConfig(
        inlineLimitBytes,
        bytes,
        lineageBudgetBytes,
        storeBytes,
        cpus,
        queueBound,
        prefetch,
        releaseDelayNs,
        leaseIdleNs,
        heirs,
        seed);
  }

  /// These, with other [#heirs()].
  public CoreConfig withHeirs(HeirsConfig next) {
    return new CoreConfig(
        inlineLimitBytes,
        inlineTotalBytes,
        lineageBudgetBytes,
        storeBytes,
        cpus,
        queueBound,
        prefetch,
        releaseDelayNs,
        leaseIdleNs,
        next,
        seed);
  }
}
