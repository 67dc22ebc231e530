package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.put;
import static dev.deed.Deed.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.LocalCluster;
import dev.deed.Member;
import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.Ref;
import dev.deed.WorkerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A cluster of worker processes that a test class shares, and what the scenarios do to it.
final class Processes implements AutoCloseable {
  /// "Soon" of the scenarios.
  private static final Duration SOON = Duration.ofSeconds(10);

  /// Nothing waits for longer: that is a failure.
  private static final Duration GUARD = Duration.ofSeconds(60);

  /// Room of each member for stored values.
  private static final long STORE_BYTES = 100L << 20;

  private final LocalCluster session;

  private Processes(LocalCluster session) {
    this.session = session;
  }

  static Processes start(int workers) {
    return start(workers, DeedConfig.defaults());
  }

  static Processes start(int workers, DeedConfig config) {
    return new Processes(
        Deed.localCluster(workers, config.workerCpus(1).storeBytes(STORE_BYTES * (workers + 1))));
  }

  LocalCluster session() {
    return session;
  }

  /// The workers, in the order in which they joined.
  List<WorkerId> workers() {
    return members().stream().map(Member::id).toList();
  }

  private List<Member> members() {
    return session.cluster().members().stream().filter(member -> !member.driver()).toList();
  }

  long pid(WorkerId worker) {
    return members().stream()
        .filter(member -> member.id().equals(worker))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  /// Kills the worker's process; returns when it is gone and the driver has followed its death.
  void kill(WorkerId worker) {
    ProcessHandle process = ProcessHandle.of(pid(worker)).orElseThrow();
    process.destroyForcibly();
    process.onExit().orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
    awaitDead(worker);
  }

  void awaitDead(WorkerId worker) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !workers().contains(worker));
  }

  /// Starts as many workers as are missing.
  void refill(int workers) {
    while (workers().size() < workers) {
      session.addWorker();
    }
  }

  /// Puts and drops 5 × 20 MiB at the worker, so that what nobody needs has to go. Its processor
  /// may be taken meanwhile.
  void fill(WorkerId worker) {
    try (Ref<@Nullable Void> filled =
        with(o -> o.onWorker(worker).cpus(0)).run(Processes::fillHere)) {
      filled.get(GUARD);
    }
  }

  static void fillHere() {
    for (int i = 0; i < 5; i++) {
      try (Ref<byte[]> other = put(Bytes.of(i, 20 * Bytes.MIB))) {
        assertThat(other.isDone()).isTrue();
      }
    }
  }

  private Optional<MemoryReport.Entry> entry(ObjectId id) {
    return session.memory().references().stream()
        .filter(entry -> entry.id().equals(id))
        .findFirst();
  }

  /// Fails unless the driver's value exists.
  void assertExists(ObjectId id) {
    assertThat(entry(id))
        .map(MemoryReport.Entry::state)
        .isIn(Optional.of("stored"), Optional.of("inline"));
  }

  /// Fails unless the driver's value is gone soon, with everything that was kept for it.
  void assertGoneSoon(ObjectId id) {
    collectEverywhere();
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(entry(id)).isEmpty());
  }

  /// References that nobody closed are given back when the collector finds them, so it runs in
  /// every process. As a task of one processor it also proves that each worker has its own back.
  void collectEverywhere() {
    List<Ref<@Nullable Void>> collections = new ArrayList<>();
    for (WorkerId worker : workers()) {
      collections.add(with(o -> o.onWorker(worker)).run(System::gc));
    }
    System.gc();
    for (Ref<@Nullable Void> collection : collections) {
      collection.get(GUARD);
      collection.close();
    }
  }

  /// Fails unless soon nothing is left: no reference, no stored byte in any living process.
  void assertNothingLeft() {
    collectEverywhere();
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> {
          MemoryReport report = session.memory();
          assertThat(report.references()).isEmpty();
          assertThat(report.storedBytes()).isZero();
          assertThat(report.lineageBytes()).isZero();
          assertThat(storedFiles()).isEmpty();
        });
  }

  /// The files of values in the stores of the living members.
  List<Path> storedFiles() {
    Set<String> living =
        session.cluster().members().stream()
            .map(member -> member.id().toString())
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.walk(directory())) {
      return files.filter(file -> living.contains(folderOf(file))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String folderOf(Path file) {
    Path folder = file.getParent();
    return folder == null ? "" : String.valueOf(folder.getFileName());
  }

  private Path directory() throws IOException {
    String self = session.cluster().members().getFirst().id().toString();
    Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    try (Stream<Path> clusters = Files.list(Path.of("/dev/shm/deed-" + user))) {
      return clusters
          .filter(cluster -> Files.exists(cluster.resolve(self)))
          .findFirst()
          .orElseThrow();
    }
  }

  @Override
  public void close() {
    List<Long> pids = members().stream().map(Member::pid).toList();
    session.close();
    assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
  }
}
