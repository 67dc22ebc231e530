package dev.deed;

import dev.deed.futures.runtime.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The settings of a worker. Immutable; each method that takes a value returns a changed copy.
///
/// Each setting has one name in words joined by `-`, such as `worker-cpus`. [#load()] takes, each
/// over the one before: the defaults; `deed.properties` in the working directory (`worker-cpus=4`);
/// the environment (`DEED_WORKER_CPUS=4`); flags, which are system properties for a program of
/// one's own (`-Ddeed.worker-cpus=4`) and options of the command line (`--worker-cpus 4`). Bytes
/// may end in `k`, `m` or `g` (of 1024), lengths of time in `ms`, `s` or `m`.
///
/// @param workerCpus processors that the worker offers to tasks; by default those of the machine
/// @param workerMemory bytes of memory that the worker offers to tasks; by default the largest heap
///   of this JVM
/// @param storeBytes most bytes of stored (large) values; by default 30 % of the machine's memory
/// @param inlineLimitBytes largest value that travels in messages and lies in tables; larger ones
///   are stored
/// @param lineageBudgetBytes most bytes of what is kept to re-create values
/// @param leaseLength longest silence of a member before the others may declare it dead
/// @param heirs number of members that keep a copy of this worker's records, unless `durability` is
///   `NONE`; 1 by default
/// @param durability what survives the death of an owner: by default what its heirs have by then
///   ([Durability#ASYNC]). All workers of a cluster have the same setting
/// @param secretFile file with the cluster's secret; by default `~/.deed/secret`
/// @param tls whether links are encrypted: not yet, so `true` is refused
/// @param bind address to listen on; loopback by default
/// @param hostId the machine that this worker plays; by default the one it runs on
/// @param seed of the runtime's drawn choices; by default drawn
/// @param checkImmutability whether values that are shared as immutable are checked not to have
///   changed
/// @param job whose main the program is; by default none: what it calls ends with it. As settings
///   they are `job` and `resume`, of flags only: other programs inherit the environment
public record DeedConfig(
    int workerCpus,
    long workerMemory,
    long storeBytes,
    int inlineLimitBytes,
    long lineageBudgetBytes,
    Duration leaseLength,
    int heirs,
    Durability durability,
    Optional<Path> secretFile,
    boolean tls,
    String bind,
    Optional<String> hostId,
    long seed,
    boolean checkImmutability,
    Optional<Job> job) {

  /// Throws [IllegalArgumentException] for a setting that makes no sense.
  public DeedConfig {
    check(workerCpus >= 0, "worker-cpus is not negative: " + workerCpus);
    check(workerMemory >= 0, "worker-memory is not negative: " + workerMemory);
    check(storeBytes >= 0, "store-bytes is not negative: " + storeBytes);
    check(
        inlineLimitBytes >= 0 && inlineLimitBytes <= 16 << 20,
        "inline-limit-bytes is 0 to 16 MiB: " + inlineLimitBytes);
    check(lineageBudgetBytes >= 0, "lineage-budget-bytes is not negative: " + lineageBudgetBytes);
    check(leaseLength.isPositive(), "lease-length is longer than nothing: " + leaseLength);
    check(heirs >= 0, "heirs is not negative: " + heirs);
    check(
        !tls,
        "tls: links are authenticated but can't be encrypted yet; leave it off, and the cluster on"
            + " one machine or a trusted network");
  }

  /// The defaults, whatever files and environment say.
  public static DeedConfig defaults() {
    return Configuration.defaults();
  }

  /// The settings of this process: defaults, file, environment, system properties. Throws
  /// [IllegalArgumentException] that names a setting that is unknown or can't be read, and where it
  /// stands.
  public static DeedConfig load() {
    return Configuration.load(Map.of());
  }

  /// As [#load()], with flags (`worker-cpus` → `4`) over all else.
  public static DeedConfig load(Map<String, String> flags) {
    return Configuration.load(flags);
  }

  /// With another [#workerCpus()].
  public DeedConfig workerCpus(int count) {
    return new DeedConfig(
        count,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#workerMemory()].
  public DeedConfig workerMemory(long bytes) {
    return new DeedConfig(
        workerCpus,
        bytes,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#storeBytes()].
  public DeedConfig storeBytes(long bytes) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        bytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#inlineLimitBytes()].
  public DeedConfig inlineLimitBytes(int bytes) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        bytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#lineageBudgetBytes()].
  public DeedConfig lineageBudgetBytes(long bytes) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        bytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#leaseLength()].
  public DeedConfig leaseLength(Duration length) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        length,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#heirs()].
  public DeedConfig heirs(int count) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        count,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#durability()].
  public DeedConfig durability(Durability mode) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        mode,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#secretFile()].
  public DeedConfig secretFile(Path file) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        Optional.of(file),
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#tls()].
  public DeedConfig tls(boolean on) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        on,
        bind,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#bind()].
  public DeedConfig bind(String address) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        address,
        hostId,
        seed,
        checkImmutability,
        job);
  }

  /// With another [#hostId()].
  public DeedConfig hostId(String id) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        Optional.of(id),
        seed,
        checkImmutability,
        job);
  }

  /// With another [#seed()].
  public DeedConfig seed(long number) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        number,
        checkImmutability,
        job);
  }

  /// With another [#checkImmutability()].
  public DeedConfig checkImmutability(boolean on) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        on,
        job);
  }

  /// As the first driver of a job of this name: what its main calls and puts is kept when the
  /// driver dies, for one that continues it with [#resume(String)]. The session must be one of a
  /// running cluster, and `durability` other than `NONE`. Closing the session ends the job.
  public DeedConfig job(String name) {
    return job(Optional.of(new Job(name, false)));
  }

  /// As the next driver of the job of this name, whose last one is dead: main is run again, and
  /// finds what it had called and put.
  public DeedConfig resume(String name) {
    return job(Optional.of(new Job(name, true)));
  }

  private DeedConfig job(Optional<Job> next) {
    return new DeedConfig(
        workerCpus,
        workerMemory,
        storeBytes,
        inlineLimitBytes,
        lineageBudgetBytes,
        leaseLength,
        heirs,
        durability,
        secretFile,
        tls,
        bind,
        hostId,
        seed,
        checkImmutability,
        next);
  }

  /// The job whose main a program is.
  ///
  /// @param name up to 200 characters, not blank
  /// @param resumed whether another driver began it
  public record Job(String name, boolean resumed) {
    /// Longest name in characters.
    public static final int MAX_NAME = 200;

    /// Throws [IllegalArgumentException] for a name that is none.
    public Job {
      check(!name.isBlank(), "a job's name is not blank");
      check(name.length() <= MAX_NAME, "a job's name has up to " + MAX_NAME + " characters");
    }
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
