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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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

  /// A worker that stands still must not be declared dead for it. It has places for more tasks than
  /// fill a link: how many are pushed ahead else depends on how long tasks took before.
  private final DeedConfig config =
      DeedConfig.load().workerCpus(16).leaseLength(Duration.ofSeconds(60)).storeBytes(64 << 20);

  @TempDir Path folder;

  private final Map<WorkerId, Long> pids = new ConcurrentHashMap<>();
  private final Map<WorkerId, WorkerProcess> processes = new LinkedHashMap<>();
  private final List<ClusterNode> nodes = new ArrayList<>();
  private ClusterSecret secret;
  private Path directory;
  private ClusterNode driver;

  /// Of the workers in this process that are made from now on.
  private MessageLimits limits = MessageLimits.DEFAULT;

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
    return node(isDriver, Map.of(), this::followed);
  }

  private ClusterNode node(boolean isDriver, Map<String, Double> resources, Consumer<Entry> watcher)
      throws IOException {
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
                resources),
            SMALL,
            limits,
            watcher);
    nodes.add(node);
    return node;
  }

  private ClusterNode join(ClusterNode worker) {
    worker.join(driver.ports().endpoint().address());
    worker.awaitJoined(PATIENCE);
    return worker;
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

  /// Has the worker give its places to the driver.
  private void warmUp() {
    List<Ref<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      refs.add(call(() -> Deed.submit(FullLinkClusterTest::nothing)));
    }
    assertThat(call(() -> Deed.getAll(refs))).hasSize(100);
    refs.forEach(Ref::close);
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
      join(node(false));
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

  /// What holds the tasks up that make values, and the worker that is to read them.
  private static volatile CountDownLatch makers = new CountDownLatch(1);

  @Test
  void aWorkerThatIsBehindInTheLogTakesNoMoreThanItsBoundAndLosesNothing() throws Exception {
    makers = new CountDownLatch(1);
    CountDownLatch behind = new CountDownLatch(1);
    AtomicBoolean lags = new AtomicBoolean();
    ClusterNode maker = join(node(false, Map.of("maker", 1.0), this::followed));
    ClusterNode reader =
        join(
            node(
                false,
                Map.of("reader", 1.0),
                entry -> {
                  if (lags.get()) {
                    awaitLatch(behind);
                  }
                }));
    int count = 150;
    List<Ref<byte[]>> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      values.add(call(() -> Deed.with(o -> o.resource("maker", 1)).submit(() -> made(number))));
    }
    Ref<Integer> right =
        call(() -> Deed.with(o -> o.resource("reader", 1)).submit(() -> inOrder(values)));
    await().atMost(PATIENCE).until(() -> size(reader, "questions") == count);
    long before = followed(reader);
    WorkerId sender = driver.runtime().id();
    try {
      lags.set(true);
      driver.membership().propose(new Entry.Answer(sender, 1));
      driver.membership().propose(new Entry.Answer(sender, 2));
      await().atMost(PATIENCE).until(() -> followed(driver) >= before + 2);
      makers.countDown();
      await().atMost(PATIENCE).until(() -> ended(driver) == count);
      await().atMost(PATIENCE).until(() -> reader.waitingForLog(sender) > SMALL.softBytes());
      assertThat(driver.runtime().gate().isShut()).isTrue();
      assertThat(reader.waitingForLog(sender)).isLessThan(mostWaiting());
      assertThat(size(reader, "messages held back") * CAPTURED_BYTES).isLessThan(mostWaiting());
      assertThat(followed(reader)).isEqualTo(before + 1);
    } finally {
      behind.countDown();
    }
    assertThat(right.get(PATIENCE)).isEqualTo(count);
    assertThat(reader.waitingForLog(sender)).isZero();
    assertThat(size(reader, "messages held back")).isZero();
    await().atMost(PATIENCE).until(() -> !driver.runtime().gate().isShut());
    values.forEach(Ref::close);
    right.close();
    assertThat(maker.runtime().driver().stopped()).isNull();
  }

  /// The bound, one message, and what the reader's buffer had of the next ones.
  private static long mostWaiting() {
    return SMALL.softBytes() + 4L * CAPTURED_BYTES;
  }

  private static long size(ClusterNode node, String table) {
    return node.runtime().look(view -> Objects.requireNonNull(view.sizes().get(table)));
  }

  private static long followed(ClusterNode node) {
    return node.runtime().look(view -> view.log().followed());
  }

  private static long ended(ClusterNode node) {
    return node.runtime().look(view -> view.callCount().ended());
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] made(int number) {
    awaitLatch(makers);
    byte[] value = new byte[CAPTURED_BYTES];
    value[number] = 1;
    return value;
  }

  /// The number of values that are what they should be.
  private static int inOrder(List<Ref<byte[]>> refs) {
    return rightOnes(Deed.getAll(refs));
  }

  @Test
  void whatAddsUpToMoreThanAMessageArrivesAllTheSame() throws Exception {
    limits = new MessageLimits(2 * KIB * KIB);
    ClusterNode owner = join(node(true));
    ClusterNode worker = join(node(false));
    int count = 100;
    List<Ref<byte[]>> refs =
        Sessions.callIn(owner.runtime(), () -> Deed.submitSplit(count, () -> manyResults(count)));
    assertThat(
            Sessions.callIn(
                owner.runtime(),
                () -> Deed.submitAll(FullLinkClusterTest::rightOnes, refs).get(PATIENCE)))
        .isEqualTo(count);
    List<Ref<byte[]>> puts = new ArrayList<>();
    for (byte[] value : manyResults(count)) {
      puts.add(Sessions.callIn(owner.runtime(), () -> Deed.put(value)));
    }
    assertThat(
            Sessions.callIn(
                owner.runtime(),
                () -> Deed.submitAll(FullLinkClusterTest::rightOnes, puts).get(PATIENCE)))
        .isEqualTo(count);
    assertThat(worker.runtime().driver().stopped()).isNull();
    refs.forEach(Ref::close);
    puts.forEach(Ref::close);
  }

  private static List<byte[]> manyResults(int count) {
    List<byte[]> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] result = new byte[CAPTURED_BYTES];
      result[i] = 1;
      results.add(result);
    }
    return results;
  }

  private static int rightOnes(List<byte[]> values) {
    int right = 0;
    for (int i = 0; i < values.size(); i++) {
      right += indexOf(values.get(i)) == i ? 1 : 0;
    }
    return right;
  }

  private static int total(List<byte[]> parts) {
    return parts.stream().mapToInt(part -> part.length).sum();
  }
}
