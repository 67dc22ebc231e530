package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.put;
import static dev.deed.Deed.with;
import static dev.deed.faultinjection.chaos.processes.Bytes.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.Deed;
import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.Ref;
import dev.deed.WorkerId;
import dev.deed.faultinjection.chaos.processes.Mesh.Trouble;
import dev.deed.faultinjection.chaos.processes.Mesh.Trouble.Kind;
import dev.deed.faultinjection.chaos.processes.Mesh.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The scenarios in which single messages come late, by their numbers, on worker processes: the way
/// that the messages take is held until what is to come before them has come to pass.
///
/// The ways held are those between the driver, which owns what the scenarios are about, and workers
/// other than the leader of the membership log, so that all keep their leases.
@Timeout(90)
final class HeldLinksChaosTest {
  private static final int WORKERS = 3;
  private static final int SIZE = 20 * MIB;

  /// The membership lease.
  private static final Duration LEASE = Duration.ofSeconds(5);

  @TempDir static Path folder;

  private static ProxiedCluster cluster;

  private Stage stage;
  private Stage.Door door;
  private WorkerId p;
  private WorkerId q;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    cluster = ProxiedCluster.start(folder, WORKERS);
  }

  @AfterAll
  static void end() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void set() throws IOException {
    stage = new Stage();
    door = stage.door();
    p = cluster.workers().get(1);
    q = cluster.workers().get(2);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    cluster.mesh().healAll();
    stage.close();
    cluster.assertNothingLeft();
  }

  /// From now on messages are lost with their connection; they come over another one when the way
  /// is healed.
  /*
   * toxiproxy can also keep what passes, by a long latency; but it hangs when that latency is taken away and
   * whoever was to get the bytes has closed his connection meanwhile, as who dials does after 2 s.
   */
  private static void hold(Way way) {
    cluster.mesh().trouble(way, new Trouble(Kind.CUT, 0));
  }

  private static void heal(Way way) {
    cluster.mesh().heal(way);
  }

  private static void collect(WorkerId worker) {
    try (Ref<@Nullable Void> collected = with(o -> o.onWorker(worker)).run(System::gc)) {
      collected.get(TestCluster.GUARD);
    }
  }

  /// Waits until just these hold the driver's value, while the collector runs at one of them.
  private static void awaitHolders(WorkerId at, ObjectId id, WorkerId... holders) {
    TestCluster.assertSoon(() -> {
      collect(at);
      assertThat(cluster.holders(id)).containsExactlyInAnyOrder(holders);
    });
  }

  private static List<String> causesAt(WorkerId worker, ObjectId id) {
    return cluster.entryAt(worker, id).map(MemoryReport.Entry::causes).orElse(List.of());
  }

  /// P has X, and when the gate "pass on" is open hands it to Q, which returns it inside a value
  /// that P owns and returns to the driver.
  private static Ref<List<Ref<List<Ref<byte[]>>>>> passOn(
      WorkerId p, WorkerId q, Ref<byte[]> x, boolean keep, Stage.Door gate) {
    return with(o -> o.onWorker(p))
        .submit(() -> {
          gate.pass("pass on");
          Ref<List<Ref<byte[]>>> atQ =
              with(o -> o.onWorker(q))
                  .submit(() -> {
                    if (keep) {
                      Kept.keep("field", x);
                    }
                    return List.of(x);
                  });
          atQ.get();
          return List.of(atQ);
        });
  }

  /// What P keeps of X is told with its reply.
  @Test
  void rc13TheLaterHoldersRegistrationOvertakesTheRelease() throws InterruptedException {
    Ref<byte[]> x = put(Bytes.of(13, SIZE));
    ObjectId id = x.id();
    Ref<List<Ref<List<Ref<byte[]>>>>> list = passOn(p, q, x, false, door);
    x.close();
    stage.await("pass on");
    hold(cluster.toDriver(p));
    stage.open("pass on");
    TestCluster.assertSoon(() -> assertThat(cluster.holders(id)).containsExactly(q));
    assertThat(list.isDone()).isFalse();
    cluster.assertExists(id);
    heal(cluster.toDriver(p));
    Ref<List<Ref<byte[]>>> atQ = list.get(TestCluster.GUARD).getFirst();
    list.close();
    // Now that P is known to hold it, Q is released from its reply, and lets X go.
    awaitHolders(q, id, p);
    Ref<byte[]> back = atQ.get(TestCluster.GUARD).getFirst();
    atQ.close();
    awaitHolders(p, id);
    TestCluster.fillHere();
    assertThat(Bytes.sum(back.get(TestCluster.GUARD))).isEqualTo(Bytes.sumOf(13, SIZE));
    back.close();
    cluster.assertGoneSoon(id);
  }

  @Test
  void rc13TheReleaseOvertakesTheLaterHoldersRegistration() throws InterruptedException {
    Ref<byte[]> x = put(Bytes.of(13, SIZE));
    ObjectId id = x.id();
    Ref<List<Ref<List<Ref<byte[]>>>>> list = passOn(p, q, x, true, door);
    x.close();
    stage.await("pass on");
    hold(cluster.toDriver(q));
    stage.open("pass on");
    list.get(TestCluster.GUARD).getFirst().close();
    list.close();
    // P has nothing of X any more but that it gave it to Q, of which the owner knows nothing.
    TestCluster.assertSoon(() -> {
      collect(p);
      assertThat(causesAt(p, id)).singleElement().asString().startsWith("on its way to ");
    });
    TestCluster.assertSoon(() -> assertThat(cluster.holders(id)).containsExactly(p));
    TestCluster.fillHere();
    cluster.assertExists(id);
    heal(cluster.toDriver(q));
    TestCluster.assertSoon(() -> assertThat(cluster.holders(id)).containsExactly(q));
    WorkerId last = q;
    Ref<List<Ref<byte[]>>> kept =
        with(o -> o.onWorker(last)).submit(() -> List.of(Kept.get("field")));
    Ref<byte[]> back = kept.get(TestCluster.GUARD).getFirst();
    kept.close();
    with(o -> o.onWorker(last)).run(() -> Kept.drop("field")).get(TestCluster.GUARD);
    awaitHolders(last, id);
    assertThat(Bytes.sum(back.get(TestCluster.GUARD))).isEqualTo(Bytes.sumOf(13, SIZE));
    back.close();
    cluster.assertGoneSoon(id);
  }

  /// X came from its owner: it is registered by the reply, which is late, and dropped meanwhile.
  @Test
  void rc14ABorrowerDropsBeforeItsReplyArrives() throws InterruptedException {
    Stage.Door gate = door;
    WorkerId b = p;
    Ref<byte[]> x = put(Bytes.of(14, SIZE));
    ObjectId id = x.id();
    Ref<@Nullable Void> dropped = with(o -> o.onWorker(b).cpus(0)).run(() -> drop(gate));
    Ref<@Nullable Void> kept =
        with(o -> o.onWorker(b))
            .run(() -> {
              gate.pass("keep");
              Kept.keep("field", x);
              gate.say("kept");
            });
    x.close();
    stage.await("drop");
    stage.await("keep");
    hold(cluster.toDriver(b));
    stage.open("keep");
    stage.await("kept");
    stage.open("drop");
    TestCluster.awaitSoon(() -> cluster.entryAt(b, id).isEmpty());
    assertThat(kept.isDone()).isFalse();
    cluster.assertExists(id);
    heal(cluster.toDriver(b));
    cluster.awaitGone(id);
    kept.get(TestCluster.GUARD);
    dropped.get(TestCluster.GUARD);
    kept.close();
    dropped.close();
  }

  /// X came from a middleman: it is registered by a message of its own, and dropped before that is
  /// acknowledged.
  @Test
  void rc14ABorrowerDropsBeforeItsRegistrationIsAcknowledged() throws InterruptedException {
    Stage.Door gate = door;
    WorkerId middleman = p;
    WorkerId b = q;
    Ref<byte[]> x = put(Bytes.of(14, SIZE));
    ObjectId id = x.id();
    Ref<@Nullable Void> dropped = with(o -> o.onWorker(b).cpus(0)).run(() -> drop(gate));
    stage.await("drop");
    hold(cluster.fromDriver(b));
    Ref<@Nullable Void> passed =
        with(o -> o.onWorker(middleman))
            .run(() -> with(o -> o.onWorker(b)).run(() -> Kept.keep("field", x)).get());
    x.close();
    passed.get(TestCluster.GUARD);
    passed.close();
    TestCluster.assertSoon(() -> assertThat(cluster.holders(id)).contains(b));
    // Not acknowledged: so the middleman answers for it.
    collect(middleman);
    assertThat(causesAt(middleman, id)).anyMatch(cause -> cause.startsWith("on its way to "));
    stage.open("drop");
    TestCluster.awaitSoon(() -> cluster.entryAt(b, id).isEmpty());
    cluster.awaitGone(id);
    heal(cluster.fromDriver(b));
    dropped.get(TestCluster.GUARD);
    dropped.close();
  }

  private static void drop(Stage.Door gate) {
    gate.pass("drop");
    Kept.drop("field");
  }

  private static Ref<byte[]> item(String place, int number) {
    return with(o -> o.resource(place, 1)).submit(() -> Bytes.of(number, MIB));
  }

  /// Ten values that lie nowhere but at a new worker, and another one where they may be made again.
  /// The driver has read none. Neither votes.
  private static List<Ref<byte[]>> items(String place) throws IOException {
    cluster.addWorker("--resource", place + "=1");
    List<Ref<byte[]>> items = IntStream.range(0, 10).mapToObj(i -> item(place, i)).toList();
    assertThat(Deed.await(items, items.size(), TestCluster.GUARD).done()).hasSameSizeAs(items);
    cluster.addWorker("--resource", place + "=1");
    return items;
  }

  private static WorkerId ofItems() {
    List<WorkerId> workers = cluster.workers();
    return workers.get(workers.size() - 2);
  }

  /// Fails unless all are delivered until `detection` and ten seconds have passed since the kill.
  private static void assertDelivered(List<Ref<byte[]>> items, long killedNs, Duration detection) {
    Duration bound = detection.plusSeconds(10);
    for (int i = 0; i < items.size(); i++) {
      Duration left = bound.minusNanos(System.nanoTime() - killedNs);
      assertThat(Bytes.sum(items.get(i).get(left))).isEqualTo(Bytes.sumOf(i, MIB));
      items.get(i).close();
    }
  }

  private static long sinceMs(long beganNs) {
    return (System.nanoTime() - beganNs) / 1_000_000;
  }

  /// The worker's files are gone before it is killed, as if it ran on a host of its own that is cut
  /// off: there never is a proof of its death, nor can its copies be had without it.
  @Test
  void re13NobodyNoticesTheDeath() throws IOException {
    List<Ref<byte[]>> items = items("unnoticed");
    WorkerId a = ofItems();
    cluster.removeFiles(a);
    cluster.process(a).kill();
    long killedNs = System.nanoTime();
    assertDelivered(items, killedNs, LEASE.plusSeconds(1));
    assertThat(sinceMs(killedNs)).as("no lease can have run out by then").isGreaterThan(1_000);
    assertThat(cluster.workers()).doesNotContain(a);
  }

  /// The leader's word does not come; the driver asks another voter.
  @Test
  void re13TheNoticeOfTheDeathIsLost() throws IOException {
    List<Ref<byte[]>> items = items("lost");
    WorkerId a = ofItems();
    Way notice = cluster.toDriver(cluster.workers().getFirst());
    hold(notice);
    cluster.process(a).kill();
    long killedNs = System.nanoTime();
    TestCluster.awaitSoon(() -> !cluster.livesElsewhere(a));
    cluster.awaitDead(a);
    assertThat(sinceMs(killedNs)).as("the leader's own word has come").isGreaterThan(500);
    heal(notice);
    assertDelivered(items, killedNs, Duration.ofSeconds(1));
  }
}
