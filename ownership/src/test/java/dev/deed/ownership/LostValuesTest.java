package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A value whose last copy goes with its worker: what had been read in it is there all the same,
/// and nothing is called lost too early. The driver owns the value, `a` made it, and what stands
/// inside belongs to a third worker.
final class LostValuesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MIB = 1 << 20;
  private static final long STORE = 100 * MIB;

  private final MiniCluster cluster = new MiniCluster();
  private final MiniCluster.Node driver = cluster.driver();
  private final MiniCluster.Node a = cluster.worker();
  private final MiniCluster.Node b = cluster.worker();
  private final MiniCluster.Node third = cluster.worker();

  /// What stands inside the value: a put of the third worker.
  private final Reference inner = third.put(List.of());

  private static TaskSpec.Terms once(MiniCluster.Node node) {
    return new TaskSpec.Terms(Demand.ONE_CPU, 0, List.of(), 0, new Placement.OnWorker(node.id));
  }

  private void quiet() {
    for (int i = 0; i < 3; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  /// The value, number 1 of the driver's handles. Nothing else holds what stands inside.
  private Reference made(TaskSpec.Terms terms) {
    Reference outer = driver.submit(terms, List.of());
    MiniCluster.Run run = a.nextRun();
    Reference child = a.submit(once(third), List.of());
    third.returns(third.nextRun(), List.of(inner));
    third.drop(inner, 1);
    long handle = read(a, child);
    a.returnsStored(run, MIB, inner);
    a.drop(child, 1);
    a.drop(inner, handle);
    quiet();
    assertThat(third.object(inner).holders()).containsOnlyKeys(driver.id);
    return outer;
  }

  /// A worker reads a value and takes a handle of what stands inside.
  private long read(MiniCluster.Node reader, Reference value) {
    reader.on(new Event.Get(1, value));
    assertThat(reader.got.get(1L)).isNotNull().isNotInstanceOf(Outcome.Failed.class);
    long handle = reader.take(inner);
    reader.on(new Event.ReadDone(1));
    return handle;
  }

  private static void fillAndEmpty(MiniCluster.Node node, long bytes) {
    node.on(new Event.Reserve(2, bytes));
    node.on(new Event.ReserveReturned(bytes));
  }

  private void assertInnerCanBeRead(MiniCluster.Node reader) {
    reader.on(new Event.Get(3, inner));
    assertThat(reader.got.get(3L)).isInstanceOf(Outcome.Inline.class);
  }

  private void expectNothingLeftBut(Reference outer, Reference reader) {
    quiet();
    assertThat(third.view().object(inner)).isNull();
    driver.drop(outer, 1);
    driver.drop(reader, 2);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void whatStandsInsideStaysForWhoHasReadIt() {
    Reference outer = made(once(a));
    Reference reader = driver.submit(once(b), List.of(outer));
    final long taken = b.take(outer);
    final long read = read(b, outer);
    fillAndEmpty(b, STORE);
    cluster.kill(a);
    quiet();
    assertThat(driver.object(outer).failure()).isEqualTo(Failure.Kind.LOST_NO_LINEAGE);
    assertInnerCanBeRead(b);
    b.drop(inner, read);
    b.drop(outer, taken);
    b.returns(b.nextRun(), List.of());
    expectNothingLeftBut(outer, reader);
  }

  @Test
  void whatStandsInsideStaysForWhoGetsACopyWhileTheValueIsMadeAgain() {
    Reference outer = made(TaskSpec.Terms.DEFAULT);
    cluster.holdBackFetches();
    Reference reader = driver.submit(once(b), List.of(), outer);
    cluster.kill(a);
    MiniCluster.Run again = third.nextRun();
    cluster.deliverHeldBack();
    assertInnerCanBeRead(b);
    b.returns(b.nextRun(), List.of());
    third.returnsStored(again, MIB);
    expectNothingLeftBut(outer, reader);
  }

  @Test
  void whatStandsInsideStaysForWhoWaitsForRoomForTheValue() {
    Reference outer = made(once(a));
    b.on(new Event.Reserve(2, STORE));
    Reference reader = driver.submit(once(b), List.of(), outer);
    cluster.kill(a);
    quiet();
    assertThat(driver.object(outer).failure()).isEqualTo(Failure.Kind.LOST_NO_LINEAGE);
    assertThat(b.view().foreign(inner)).isNotNull();
    assertThat(third.object(inner).holders()).containsOnlyKeys(driver.id);
    b.on(new Event.ReserveReturned(STORE));
    quiet();
    assertThat(driver.object(reader).failure()).isEqualTo(Failure.Kind.LOST_UPSTREAM);
    expectNothingLeftBut(outer, reader);
  }

  @Test
  void aValueIsNotLostWhileACopyComesFromTheDeadWorkerAndAnotherHasJustGone() {
    Reference outer = made(once(a));
    Reference early = driver.submit(once(b), List.of(), outer);
    b.returns(b.nextRun(), List.of());
    quiet();
    assertThat(driver.object(outer).locations()).containsExactly(a.id, b.id);
    cluster.holdBack(Message.EstateMessage.Unlocated.class);
    fillAndEmpty(b, STORE);
    assertThat(b.deleted).hasSize(1);
    cluster.holdBackFetches();
    Reference late = driver.submit(once(third), List.of(), outer);
    cluster.kill(a);
    cluster.deliverHeldBack();
    quiet();
    assertThat(driver.object(outer).locations()).containsExactly(third.id);
    third.returns(third.nextRun(), List.of());
    driver.drop(outer, 1);
    driver.drop(early, 2);
    driver.drop(late, 3);
    quiet();
    cluster.expectNothingLeft();
  }
}
