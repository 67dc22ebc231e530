package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The protocol's main paths, step by step.
final class StoriesTest {
  private static final long SECOND = 1_000_000_000L;
  private final MiniCluster cluster = new MiniCluster();
  private final MiniCluster.Node driver = cluster.driver();
  private final MiniCluster.Node a = cluster.worker();

  private void quiet() {
    cluster.pass(2 * SECOND);
    cluster.pass(2 * SECOND);
    cluster.pass(2 * SECOND);
  }

  @Test
  void aTaskRunsAtAWorkerAndItsOwnerGetsTheValue() {
    Reference r = driver.submit();
    driver.on(new Event.Get(1, r));
    a.returns(a.nextRun(), List.of());
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    driver.drop(r, 1);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aChainOfTasksRunsInOrder() {
    Reference first = driver.submit();
    Reference second = driver.submit(first);
    driver.drop(first, 1);
    assertThat(a.runs).hasSize(1);
    a.returns(a.nextRun(), List.of());
    assertThat(driver.view().callCount()).isEqualTo(new CoreView.CallCount(2, 1));
    assertThat(a.runs).hasSize(1);
    a.returns(a.nextRun(), List.of());
    driver.on(new Event.Get(7, second));
    assertThat(driver.got).containsKey(7L);
    driver.drop(second, 2);
    quiet();
    cluster.expectNothingLeft();
    assertThat(driver.view().callCount()).isEqualTo(new CoreView.CallCount(2, 2));
  }

  @Test
  void aBorrowerThatKeepsAReferenceIsRegistered() {
    Reference x = driver.put(List.of());
    long xHandle = driver.lastHandle();
    Reference r = driver.submit(TaskSpec.Terms.DEFAULT, List.of(x));
    long taken = a.take(x);
    a.returns(a.nextRun(), List.of());
    driver.drop(x, xHandle);
    driver.drop(r, xHandle + 1);
    quiet();
    assertThat(driver.object(x).holders()).containsEntry(a.id, Hold.VALUE);
    a.drop(x, taken);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void theIntermediateHolderMayDie() {
    MiniCluster.Node b = cluster.worker();
    Reference x = driver.put(List.of());
    long xHandle = driver.lastHandle();
    TaskSpec.Terms toA =
        new TaskSpec.Terms(
            dev.deed.lineage.Demand.ONE_CPU,
            0,
            List.of(),
            0,
            new dev.deed.lineage.Placement.OnWorker(a.id));
    TaskSpec.Terms toB =
        new TaskSpec.Terms(
            dev.deed.lineage.Demand.ONE_CPU,
            0,
            List.of(),
            0,
            new dev.deed.lineage.Placement.OnWorker(b.id));
    Reference atA = driver.submit(toA, List.of(x));
    a.take(x);
    a.submit(toB, List.of(x));
    long kept = b.take(x);
    cluster.kill(a);
    driver.drop(x, xHandle);
    driver.drop(atA, xHandle + 1);
    b.returns(b.nextRun(), List.of());
    quiet();
    b.on(new Event.Get(5, x));
    assertThat(b.got.get(5L)).isInstanceOf(Outcome.Inline.class);
    assertThat(driver.object(x).holders().keySet()).containsExactly(b.id);
    b.drop(x, kept);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aReferenceReadOutOfAValueOutlivesTheValue() {
    Reference inner = driver.put(List.of());
    long innerHandle = driver.lastHandle();
    Reference outer = driver.put(List.of(inner));
    driver.drop(inner, innerHandle);
    Reference r = driver.submit(TaskSpec.Terms.DEFAULT, List.of(outer));
    driver.drop(r, innerHandle + 2);
    long outerTaken = a.take(outer);
    a.on(new Event.Get(3, outer));
    long innerTaken = a.take(inner);
    a.on(new Event.ReadDone(3));
    a.drop(outer, outerTaken);
    a.returns(a.nextRun(), List.of());
    driver.drop(outer, innerHandle + 1);
    quiet();
    assertThat(driver.view().object(outer)).isNull();
    assertThat(driver.object(inner).holders()).containsKey(a.id);
    a.drop(inner, innerTaken);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoReadsAValueThatContainsItselfIsRidOfItAfterwards() {
    Reference self = driver.putCircle();
    Reference r = driver.submit(TaskSpec.Terms.DEFAULT, List.of(self));
    long outer = a.take(self);
    a.on(new Event.Get(3, self));
    long inner = a.take(self);
    a.on(new Event.ReadDone(3));
    a.drop(self, outer);
    quiet();
    a.drop(self, inner);
    a.returns(a.nextRun(), List.of());
    driver.drop(r, driver.lastHandle());
    quiet();
    assertThat(a.view().sizes().values()).containsOnly(0L);
    assertThat(driver.object(self).holders()).isEmpty();
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoReadsTwoValuesThatContainEachOtherIsRidOfThemAfterwards() {
    readTwoValuesThatContainEachOther();
    a.returns(a.nextRun(), List.of());
    quiet();
    assertThat(a.view().sizes().values()).containsOnly(0L);
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theOwnerOfTwoValuesThatContainEachOtherMayDie() {
    readTwoValuesThatContainEachOther();
    cluster.kill(driver);
    a.on(new Event.Finished(a.nextRun().execution(), new TaskOutcome.Cancelled(), 1));
    quiet();
    cluster.expectNothingLeft();
  }

  /// What is left afterwards at `a` is the execution that has read them.
  private void readTwoValuesThatContainEachOther() {
    Reference y = driver.submit();
    Reference x = driver.put(List.of(y));
    driver.submit(TaskSpec.Terms.DEFAULT, List.of(x));
    long first = a.take(x);
    a.returns(a.nextRun(), List.of(x));
    a.on(new Event.Get(3, x));
    long second = a.take(y);
    a.on(new Event.ReadDone(3));
    a.on(new Event.Get(4, y));
    long third = a.take(x);
    a.on(new Event.ReadDone(4));
    a.drop(x, first);
    quiet();
    a.drop(y, second);
    a.drop(x, third);
    quiet();
  }

  @Test
  void aReturnedReferenceIsHeldByTheValueThatContainsIt() {
    Reference r = driver.submit();
    Reference made = a.put(List.of());
    MiniCluster.Run run = a.nextRun();
    a.returns(run, List.of(made));
    a.drop(made, 1);
    quiet();
    assertThat(a.object(made).holders()).containsKey(driver.id);
    driver.drop(r, 1);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aLostValueIsMadeAgainByItsTask() {
    Reference r = driver.submit();
    a.returnsStored(a.nextRun(), 1 << 20);
    MiniCluster.Node b = cluster.worker();
    cluster.kill(a);
    assertThat(b.runs).hasSize(1);
    assertThat(driver.view().callCount()).isEqualTo(new CoreView.CallCount(2, 1));
    b.returnsStored(b.nextRun(), 1 << 20);
    driver.on(new Event.Get(9, r));
    assertThat(driver.got.get(9L)).isInstanceOf(Outcome.Stored.class);
    driver.on(new Event.ReadDone(9));
    driver.drop(r, 1);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aCopyIsPromotedBeforeATaskIsExecutedAgain() {
    Reference r = driver.submit();
    a.returnsStored(a.nextRun(), 1 << 20);
    MiniCluster.Node b = cluster.worker();
    TaskSpec.Terms toB =
        new TaskSpec.Terms(
            dev.deed.lineage.Demand.ONE_CPU,
            0,
            List.of(),
            0,
            new dev.deed.lineage.Placement.OnWorker(b.id));
    Reference reader = driver.submit(toB, List.of(), r);
    b.returns(b.nextRun(), List.of());
    assertThat(driver.object(r).locations()).containsExactly(a.id, b.id);
    cluster.kill(a);
    assertThat(b.runs).isEmpty();
    assertThat(driver.object(r).locations()).containsExactly(b.id);
    assertThat(b.view().copies()).allMatch(CoreView.StoredCopy::primary);
    driver.drop(r, 1);
    driver.drop(reader, 2);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aLostPutIsReportedWithThePlaceOfItsPut() {
    TaskSpec.Terms terms = TaskSpec.Terms.DEFAULT;
    Reference r = driver.submit(terms, List.of());
    Reference x = a.putStored(1 << 20);
    a.returns(a.nextRun(), List.of(x));
    driver.on(new Event.Get(1, r));
    driver.take(x);
    cluster.kill(a);
    driver.on(new Event.Get(2, x));
    assertThat(driver.got.get(2L))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure().kind()).isEqualTo(Failure.Kind.OWNER_DIED));
  }

  @Test
  void anExecutionAtADeadWorkerIsRepeated() {
    Reference r = driver.submit();
    assertThat(a.runs).hasSize(1);
    MiniCluster.Node b = cluster.worker();
    cluster.kill(a);
    b.returns(b.nextRun(), List.of());
    assertThat(driver.view().callCount()).isEqualTo(new CoreView.CallCount(1, 1));
    driver.on(new Event.Get(1, r));
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    driver.drop(r, 1);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aTaskOfADeadOwnerIsCancelledWithItsChildren() {
    MiniCluster.Node b = cluster.worker();
    driver.submit();
    MiniCluster.Node parent = a.runs.isEmpty() ? b : a;
    MiniCluster.Node other = parent == a ? b : a;
    parent.submit();
    MiniCluster.Node child = parent.runs.size() == 2 ? parent : other;
    cluster.kill(driver);
    assertThat(child.cancelled).isNotEmpty();
    for (MiniCluster.Node node : List.of(a, b)) {
      for (MiniCluster.Run run : List.copyOf(node.runs)) {
        node.on(new Event.Finished(run.execution(), new TaskOutcome.Cancelled(), 1));
      }
    }
    parent.drop(
        new Reference(
            dev.deed.lineage.TaskId.root(parent.id.high(), 0).call(0, 0).result(0),
            new dev.deed.lineage.EstateId(parent.id)),
        1);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void whatUserCodeWaitsForGoesFirst() {
    a.submit();
    Reference second = a.submit();
    Reference third = a.submit();
    MiniCluster.Run first = a.nextRun();
    a.on(new Event.Get(1, third));
    a.returns(first, List.of());
    assertThat(a.nextRun().spec().id()).isEqualTo(third.object().task());
    assertThat(a.nextRun().spec().id()).isEqualTo(second.object().task());
  }

  @Test
  void aTaskThatFetchesAtOnceKeepsNoOtherFromItsWorker() {
    MiniCluster.Node b = cluster.worker();
    a.submit();
    Reference elsewhere = a.submit();
    b.returnsStored(b.nextRun(), 1 << 20);
    a.returns(a.nextRun(), List.of());
    cluster.holdBackFetches();
    a.submit(here(), List.of(), elsewhere);
    assertThat(a.runs).isEmpty();
    Reference other = a.submit(here(), List.of());
    assertThat(a.nextRun().spec().id()).isEqualTo(other.object().task());
    cluster.deliverHeldBack();
    assertThat(a.view().executions()).hasSize(2);
  }

  private TaskSpec.Terms here() {
    return new TaskSpec.Terms(
        dev.deed.lineage.Demand.ONE_CPU,
        0,
        List.of(),
        0,
        new dev.deed.lineage.Placement.OnWorker(a.id));
  }

  @Test
  void aDeadlineThatPassesBeforeTheTaskBeginsIsTold() {
    // The worker has one processor: the second task, which has a lease of its own, waits there.
    a.submit(withinOneMillisecond(0.75), List.of());
    Reference late = a.submit(withinOneMillisecond(0.8), List.of());
    assertThat(a.runs).hasSize(1);
    assertThat(a.view().executions()).hasSize(2);
    a.on(new Event.Get(1, late));
    cluster.pass(2_000_000);
    assertThat(a.got.get(1L))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure().kind()).isEqualTo(Failure.Kind.DEADLINE));
  }

  private static TaskSpec.Terms withinOneMillisecond(double cpus) {
    return new TaskSpec.Terms(
        dev.deed.lineage.Demand.of(java.util.Map.of(dev.deed.lineage.Demand.CPU, cpus)),
        0,
        List.of(),
        1_000_000,
        new dev.deed.lineage.Placement.Anywhere());
  }

  @Test
  void aDemandThatNobodyOffersFailsAtOnce() {
    TaskSpec.Terms gpu =
        new TaskSpec.Terms(
            dev.deed.lineage.Demand.of(java.util.Map.of("gpu", 1.0)),
            3,
            List.of(),
            0,
            new dev.deed.lineage.Placement.Anywhere());
    Reference r = driver.submit(gpu, List.of());
    driver.on(new Event.Get(1, r));
    assertThat(driver.got.get(1L))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure().kind()).isEqualTo(Failure.Kind.RESOURCES_UNAVAILABLE));
    assertThat(driver.view().callCount()).isEqualTo(new CoreView.CallCount(1, 1));
  }
}
