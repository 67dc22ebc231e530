package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Puts of which several workers keep a copy.
final class ReplicaStoriesTest {
  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final long MIB = 1 << 20;

  private final MiniCluster cluster = new MiniCluster();
  private long requests;

  private MiniCluster.Node worker() {
    return cluster.worker();
  }

  private MiniCluster.Node heirs() {
    cluster.heirs = HeirsConfig.defaults(HeirsConfig.Mode.ASYNC, 1);
    return cluster.worker();
  }

  private void quiet() {
    for (int i = 0; i < 5; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  /// What a get gives by now; null for nothing.
  private @Nullable Outcome read(MiniCluster.Node node, Reference reference) {
    long request = ++requests;
    node.on(new Event.Get(request, reference));
    node.on(new Event.ReadDone(request));
    return node.got.get(request);
  }

  private List<MiniCluster.Node> keepers() {
    return cluster.nodes.values().stream()
        .filter(node -> node.alive)
        .filter(node -> node.view().copies().stream().anyMatch(CoreView.StoredCopy::primary))
        .toList();
  }

  private MiniCluster.Node keeperBut(MiniCluster.Node other) {
    return keepers().stream().filter(node -> node != other).findFirst().orElseThrow();
  }

  /// Gives `to` a handle of `x`.
  private void give(MiniCluster.Node from, MiniCluster.Node to, Reference x) {
    from.submit(
        new TaskSpec.Terms(Demand.ONE_CPU, 0, List.of(), 0, new Placement.OnWorker(to.id)),
        List.of(x));
    cluster.pass(2 * MS);
    MiniCluster.Run run = to.nextRun();
    to.take(x);
    to.returns(run, List.of());
    quiet();
  }

  @Test
  void aPutCanBeReadWhenAllItsCopiesAreThere() {
    MiniCluster.Node driver = cluster.driver();
    worker();
    worker();
    worker();
    cluster.holdBackFetches();
    Reference x = driver.putStored(MIB, 3);
    driver.on(new Event.Get(1, x));
    assertThat(driver.got).isEmpty();
    assertThat(keepers()).containsExactly(driver);
    cluster.deliverHeldBack();
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Stored.class);
    driver.on(new Event.ReadDone(1));
    assertThat(keepers()).hasSize(3);
    driver.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void anotherCopyIsMadeWhenAHolderDies() {
    MiniCluster.Node driver = cluster.driver();
    MiniCluster.Node reader = worker();
    worker();
    worker();
    Reference x = driver.putStored(MIB, 2);
    give(driver, reader, x);
    cluster.kill(keeperBut(driver));
    assertThat(keepers()).hasSize(2).contains(driver);
    MiniCluster.Node live = reader.alive ? reader : driver;
    assertThat(read(live, x)).isInstanceOf(Outcome.Stored.class);
    reader.dropAll();
    if (reader.alive) {
      reader.drop(x, reader.lastHandle());
    }
    driver.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void theValueSurvivesItsOwnerWhichHadTheFirstCopy() {
    MiniCluster.Node owner = heirs();
    MiniCluster.Node reader = heirs();
    heirs();
    heirs();
    cluster.pass(2 * MS);
    Reference x = owner.putStored(MIB, 2);
    Reference alone = owner.putStored(MIB);
    give(owner, reader, x);
    give(owner, reader, alone);
    cluster.kill(owner);
    quiet();
    assertThat(read(reader, x)).isInstanceOf(Outcome.Stored.class);
    assertThat(keepers()).hasSize(2).doesNotContain(owner);
    assertThat(read(reader, alone))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(Failure.Kind.LOST_PUT);
              assertThat(failed.failure().message()).contains("story:1");
            });
    reader.drop(x, reader.lastHandle() - 1);
    reader.drop(alone, reader.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aSuccessorGoesOnKeepingCopies() {
    MiniCluster.Node owner = heirs();
    MiniCluster.Node reader = heirs();
    heirs();
    heirs();
    heirs();
    cluster.pass(2 * MS);
    Reference x = owner.putStored(MIB, 2);
    give(owner, reader, x);
    cluster.kill(owner);
    quiet();
    cluster.kill(keeperBut(reader));
    quiet();
    assertThat(keepers()).hasSize(2);
    assertThat(read(reader, x)).isInstanceOf(Outcome.Stored.class);
    reader.drop(x, reader.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void whereNobodyHasRoomThePutFailsAndNamesThem() {
    MiniCluster.Node driver = cluster.driver();
    MiniCluster.Node a = worker();
    MiniCluster.Node b = worker();
    a.putStored(90 * MIB);
    b.putStored(90 * MIB);
    Reference x = driver.putStored(20 * MIB, 2);
    assertThat(read(driver, x))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(Failure.Kind.OUT_OF_STORAGE);
              assertThat(failed.failure().message()).contains(a.id.brief(), b.id.brief());
            });
    assertThat(driver.view().storedBytes()).isZero();
    driver.dropAll();
    a.dropAll();
    b.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void oneWhoHasNoRoomIsPassedOver() {
    MiniCluster.Node driver = cluster.driver();
    MiniCluster.Node a = worker();
    MiniCluster.Node b = worker();
    a.putStored(90 * MIB);
    Reference x = driver.putStored(20 * MIB, 2);
    assertThat(read(driver, x)).isInstanceOf(Outcome.Stored.class);
    assertThat(b.view().storedBytes()).isEqualTo(20 * MIB);
    driver.dropAll();
    a.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void thereAreAsManyCopiesAsThereAreWorkers() {
    MiniCluster.Node driver = cluster.driver();
    MiniCluster.Node a = worker();
    Reference x = driver.putStored(MIB, 3);
    assertThat(read(driver, x)).isInstanceOf(Outcome.Stored.class);
    assertThat(keepers()).containsExactly(driver, a);
    assertThat(driver.reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Effects.Report.Kind.FEWER_COPIES);
          assertThat(report.text()).contains("story:1", "2 copies, not 3");
        });
    MiniCluster.Node late = worker();
    assertThat(keepers()).containsExactly(driver, a, late);
    driver.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aCopyIsKeptWhereOtherCopiesGoForNewValues() {
    MiniCluster.Node driver = cluster.driver();
    MiniCluster.Node a = worker();
    Reference x = driver.putStored(30 * MIB, 2);
    Reference y = driver.putStored(30 * MIB);
    give(driver, a, y);
    assertThat(read(a, y)).isInstanceOf(Outcome.Stored.class);
    a.putStored(60 * MIB);
    assertThat(a.view().copies())
        .anyMatch(copy -> copy.name().reference().equals(x))
        .noneMatch(copy -> copy.name().reference().equals(y));
    a.drop(y, a.lastHandle() - 1);
    a.dropAll();
    driver.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void whatIsDroppedWhileItIsCopiedGoesEverywhere() {
    MiniCluster.Node driver = cluster.driver();
    worker();
    worker();
    cluster.holdBackFetches();
    driver.putStored(MIB, 3);
    driver.dropAll();
    cluster.deliverHeldBack();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void anotherIsAskedForOneThatDiesWhileItMakesACopy() {
    MiniCluster.Node driver = cluster.driver();
    MiniCluster.Node a = worker();
    MiniCluster.Node b = worker();
    cluster.holdBackFetches();
    Reference x = driver.putStored(MIB, 2);
    MiniCluster.Node busy = a.view().reservedBytes() > 0 ? a : b;
    driver.on(new Event.Get(1, x));
    cluster.kill(busy);
    assertThat(driver.got).isEmpty();
    cluster.deliverHeldBack();
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Stored.class);
    driver.on(new Event.ReadDone(1));
    assertThat(keepers()).containsExactly(driver, busy == a ? b : a);
    driver.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aReadersCopyBecomesTheNextThatIsKept() {
    MiniCluster.Node driver = cluster.driver();
    MiniCluster.Node reader = worker();
    Reference x = driver.putStored(MIB, 2);
    assertThat(keepers()).containsExactly(driver, reader);
    MiniCluster.Node other = worker();
    give(driver, other, x);
    assertThat(read(other, x)).isInstanceOf(Outcome.Stored.class);
    assertThat(keepers()).containsExactly(driver, reader);
    cluster.holdBackFetches();
    cluster.kill(reader);
    assertThat(keepers()).containsExactly(driver, other);
    cluster.deliverHeldBack();
    other.drop(x, other.lastHandle());
    driver.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }
}
