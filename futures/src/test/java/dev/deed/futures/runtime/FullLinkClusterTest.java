package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import dev.deed.Task0;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.transport.link.LinkOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Links that are really full: worker processes that read nothing, killed or awakened, and workers
/// that are full towards each other.
final class FullLinkClusterTest {
  private static final int KIB = 1024;
  private static final int CAPTURED_BYTES = 60 * KIB;
  private static final int TASKS = 600;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final LinkOptions SMALL =
      LinkOptions.defaults().withBounds(256 * KIB, 4 * KIB * KIB);

  /// A worker that stands still must not be declared dead for it.
  private final DeedConfig config =
      DeedConfig.load().workerCpus(1).leaseLength(Duration.ofSeconds(60)).storeBytes(64 << 20);

  @TempDir Path folder;

  private final Map<WorkerId, Long> pids = new ConcurrentHashMap<>();
  private final Map<WorkerId, WorkerProcess> processes = new LinkedHashMap<>();
  private final List<ClusterNode> nodes = new ArrayList<>();
  private ClusterSecret secret;
  private Path directory;
  private ClusterNode driver;

  @BeforeEach
  void found() throws IOException {
    secret = ClusterSecret.create(folder.resolve("secret"));
    directory = ClusterDirectory.create(secret.cluster());
    driver = node(true);
    driver.found();
    driver.awaitJoined(PATIENCE);
  }

  @AfterEach
  void end() throws IOException {
    for (WorkerProcess process : processes.values()) {
      process.end();
    }
    for (ClusterNode node : nodes.reversed()) {
      node.close();
    }
    for (WorkerProcess process : processes.values()) {
      process.awaitEnd();
    }
    ClusterDirectory.removeIfUnused(directory);
    assertThat(directory).doesNotExist();
  }

  /// A worker in this process, with small bounds.
  private ClusterNode node(boolean isDriver) throws IOException {
    ClusterNode node =
        new ClusterNode(
            new ClusterNode.Plan(
                ClusterSession.newId(),
                secret.cluster(),
                secret.bytes(),
                directory,
                config,
                0,
                isDriver,
                Map.of()),
            SMALL,
            this::followed);
    nodes.add(node);
    return node;
  }

  private void followed(Entry entry) {
    if (entry instanceof Entry.Join join) {
      pids.put(join.member().id(), join.member().pid());
    }
  }

  private WorkerId start() throws IOException {
    WorkerId id = ClusterSession.newId();
    WorkerProcess process =
        WorkerProcess.start(
            id,
            secret.cluster(),
            directory,
            secret.file(),
            driver.ports().contact(),
            List.of(),
            config);
    processes.put(id, process);
    process.onExit(code -> driver.membership().proofOfDeath(id, "ended with code " + code));
    await().atMost(PATIENCE).until(() -> pids.containsKey(id));
    return id;
  }

  private void signal(String signal, WorkerId worker) throws Exception {
    String pid = String.valueOf(pids.get(worker));
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }

  private <R> R call(Task0<R> body) {
    return Sessions.callIn(driver.runtime(), body);
  }

  /// Submits all tasks on a thread of its own, and counts them in `submitted`.
  private CompletableFuture<List<Ref<Integer>>> submitAll(AtomicInteger submitted) {
    CompletableFuture<List<Ref<Integer>>> all = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            all.complete(
                call(() -> {
                  List<Ref<Integer>> refs = new ArrayList<>();
                  for (int i = 0; i < TASKS; i++) {
                    refs.add(task(i));
                    submitted.incrementAndGet();
                  }
                  return refs;
                }));
          } catch (RuntimeException | Error e) {
            all.completeExceptionally(e);
          }
        });
    return all;
  }

  private static Ref<Integer> task(int number) {
    byte[] captured = new byte[CAPTURED_BYTES];
    captured[number] = 1;
    return Deed.submit(() -> indexOf(captured));
  }

  /// Makes tasks so short that many are pushed ahead.
  private void warmUp() {
    for (int i = 0; i < 10; i++) {
      List<Ref<Integer>> refs = new ArrayList<>();
      for (int j = 0; j < 100; j++) {
        refs.add(call(() -> Deed.submit(FullLinkClusterTest::nothing)));
      }
      assertThat(call(() -> Deed.getAll(refs))).hasSize(100);
      refs.forEach(Ref::close);
    }
  }

  private static int nothing() {
    return 0;
  }

  private static int indexOf(byte[] captured) {
    int i = 0;
    while (captured[i] == 0) {
      i++;
    }
    return i;
  }

  private void expectAll(CompletableFuture<List<Ref<Integer>>> all) throws Exception {
    List<Ref<Integer>> refs = all.get(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    for (int i = 0; i < TASKS; i++) {
      assertThat(refs.get(i).get(PATIENCE)).isEqualTo(i);
      refs.get(i).close();
    }
  }

  private void awaitFull(AtomicInteger submitted) {
    await().atMost(PATIENCE).until(() -> driver.runtime().gate().waiting() == 1);
    assertThat(submitted.get()).isBetween(4, TASKS - 1);
    assertThat(driver.unacknowledgedBytes()).isLessThan(SMALL.softBytes() + 4L * CAPTURED_BYTES);
    assertThat(driver.runtime().driver().stopped()).isNull();
  }

  @Test
  void aWorkerThatReadsNothingHoldsTheSubmitterUpUntilItReads() throws Exception {
    WorkerId worker = start();
    warmUp();
    signal("STOP", worker);
    AtomicInteger submitted = new AtomicInteger();
    CompletableFuture<List<Ref<Integer>>> all;
    try {
      all = submitAll(submitted);
      awaitFull(submitted);
    } finally {
      signal("CONT", worker);
    }
    expectAll(all);
    assertThat(driver.runtime().gate().isShut()).isFalse();
  }

  @Test
  void theDeathOfAWorkerThatReadsNothingLetsTheSubmitterGoOn() throws Exception {
    WorkerId worker = start();
    start();
    warmUp();
    signal("STOP", worker);
    AtomicInteger submitted = new AtomicInteger();
    CompletableFuture<List<Ref<Integer>>> all = submitAll(submitted);
    awaitFull(submitted);
    signal("KILL", worker);
    expectAll(all);
    assertThat(driver.runtime().gate().isShut()).isFalse();
  }

  @Test
  void closingLetsTheSubmitterGoWithATypedError() throws Exception {
    WorkerId worker = start();
    warmUp();
    signal("STOP", worker);
    AtomicInteger submitted = new AtomicInteger();
    CompletableFuture<List<Ref<Integer>>> all = submitAll(submitted);
    try {
      awaitFull(submitted);
      driver.runtime().close(System.nanoTime());
      assertThat(all)
          .failsWithin(PATIENCE)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(dev.deed.SessionClosedException.class);
    } finally {
      signal("CONT", worker);
    }
  }

  @Test
  void workersThatAreFullTowardsEachOtherFinish() throws Exception {
    for (int i = 0; i < 2; i++) {
      ClusterNode worker = node(false);
      worker.join(driver.ports().endpoint().address());
      worker.awaitJoined(PATIENCE);
    }
    int parents = 4;
    int children = 150;
    List<Ref<Integer>> sums = new ArrayList<>();
    for (int i = 0; i < parents; i++) {
      sums.add(call(() -> Deed.submit(() -> nested(children))));
    }
    for (Ref<Integer> sum : sums) {
      assertThat(sum.get(PATIENCE)).isEqualTo(children * CAPTURED_BYTES / 2);
      sum.close();
    }
    assertThat(nodes.get(1).runtime().gate().shuts()).isPositive();
    assertThat(nodes.get(2).runtime().gate().shuts()).isPositive();
    assertThat(nodes).allSatisfy(node -> assertThat(node.runtime().gate().isShut()).isFalse());
  }

  /// Calls children that take much and give much.
  private static int nested(int children) {
    List<Ref<byte[]>> results = new ArrayList<>();
    for (int i = 0; i < children; i++) {
      byte[] captured = new byte[CAPTURED_BYTES / 2];
      results.add(Deed.with(o -> o.spread()).submit(() -> captured.clone()));
    }
    int sum = 0;
    for (Ref<byte[]> result : results) {
      sum += result.get().length;
      result.close();
    }
    return sum;
  }

  @Test
  void aMessageLongerThanAnyLinkTakesArrives() throws Exception {
    start();
    int count = 40;
    List<Ref<byte[]>> refs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      refs.add(call(() -> Deed.put(new byte[60 * KIB])));
    }
    assertThat(call(() -> Deed.submitAll(FullLinkClusterTest::total, refs).get(PATIENCE)))
        .isEqualTo(count * 60 * KIB);
    byte[] captured = new byte[8 * KIB * KIB];
    captured[0] = 1;
    assertThat(call(() -> Deed.submit(() -> indexOf(captured)).get(PATIENCE))).isZero();
  }

  private static int total(List<byte[]> parts) {
    return parts.stream().mapToInt(part -> part.length).sum();
  }
}
