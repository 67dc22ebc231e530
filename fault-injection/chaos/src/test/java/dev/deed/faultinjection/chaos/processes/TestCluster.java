package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.put;
import static dev.deed.Deed.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.deed.Member;
import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.Ref;
import dev.deed.Session;
import dev.deed.WorkerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/// A cluster of worker processes with this process as its driver, and what tests ask of it.
abstract class TestCluster implements AutoCloseable {
  /// "Soon" of the scenarios.
  static final Duration SOON = Duration.ofSeconds(10);

  /// Nothing waits for longer: that is a failure.
  static final Duration GUARD = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(10);

  private final Session session;

  TestCluster(Session session) {
    this.session = session;
  }

  Session session() {
    return session;
  }

  /// The workers, in the order in which they joined.
  List<WorkerId> workers() {
    return members().stream().map(Member::id).toList();
  }

  List<Member> members() {
    return session.cluster().members().stream().filter(member -> !member.driver()).toList();
  }

  long pid(WorkerId worker) {
    return members().stream()
        .filter(member -> member.id().equals(worker))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  /// Waits until the driver has followed the worker's death.
  void awaitDead(WorkerId worker) {
    awaitSoon(() -> !workers().contains(worker));
  }

  static void awaitSoon(Callable<Boolean> condition) {
    await().atMost(SOON).pollInterval(POLL).until(condition);
  }

  static void assertSoon(ThrowingRunnable assertion) {
    await().atMost(SOON).pollInterval(POLL).untilAsserted(assertion);
  }

  /// Puts and drops 5 × 20 MiB at the worker, so that what nobody needs has to go. Its processor
  /// may be taken meanwhile.
  void fill(WorkerId worker) {
    try (Ref<@Nullable Void> filled =
        with(o -> o.onWorker(worker).cpus(0)).run(TestCluster::fillHere)) {
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

  /// What the driver's tables say of a value.
  Optional<MemoryReport.Entry> entry(ObjectId id) {
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
    awaitGone(id);
  }

  /// The same without the help of the collector, for which all workers must be reached.
  void awaitGone(ObjectId id) {
    assertSoon(() -> assertThat(entry(id)).isEmpty());
  }

  /// The workers that are registered as holders of the driver's value.
  List<WorkerId> holders(ObjectId id) {
    return entry(id).map(MemoryReport.Entry::holders).orElse(List.of());
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
    assertSoon(() -> {
      MemoryReport report = session.memory();
      assertThat(report.references()).isEmpty();
      assertThat(report.storedBytes()).isZero();
      assertThat(report.lineageBytes()).isZero();
      assertThat(storedFiles()).isEmpty();
    });
  }

  /// The files of values in the stores of the living members.
  List<Path> storedFiles() {
    List<Path> stored = new ArrayList<>();
    try {
      Path directory = directory();
      for (Member member : session.cluster().members()) {
        // Just their names: files go while they are listed.
        try (Stream<Path> files = Files.list(directory.resolve(member.id().toString()))) {
          files.forEach(stored::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return stored;
  }

  /// The cluster's directory on this host: stores, and locks.
  Path directory() throws IOException {
    String self = session.cluster().members().getFirst().id().toString();
    Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    try (Stream<Path> clusters = Files.list(Path.of("/dev/shm/deed-" + user))) {
      return clusters
          .filter(cluster -> Files.exists(cluster.resolve(self)))
          .findFirst()
          .orElseThrow();
    }
  }

  /// Removes a worker's store and its lock from this host.
  void removeFiles(WorkerId worker) throws IOException {
    Path directory = directory();
    Files.delete(directory.resolve(worker + ".alive"));
    try (Stream<Path> store = Files.walk(directory.resolve(worker.toString()))) {
      for (Path file : store.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Ends the session and the worker processes.
  @Override
  public abstract void close() throws IOException;
}
