package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Tasks whose small arguments have no room together in a message: the executor asks for the
/// others.
final class MessageRoomTest {
  private static final long SECOND = 1_000_000_000L;

  private final MiniCluster cluster = new MiniCluster();
  private final MiniCluster.Node driver;
  private final MiniCluster.Node a;

  MessageRoomTest() {
    // A value of a byte takes 49 at most.
    cluster.inlineTotalBytes = 120;
    driver = cluster.driver();
    a = cluster.worker();
  }

  private void quiet() {
    cluster.pass(2 * SECOND);
    cluster.pass(2 * SECOND);
    cluster.pass(2 * SECOND);
  }

  /// Puts so many values; their handles are numbered from 1.
  private Reference[] put(MiniCluster.Node owner, int count) {
    Reference[] references = new Reference[count];
    for (int i = 0; i < count; i++) {
      references[i] = owner.put(List.of());
    }
    return references;
  }

  private static void drop(MiniCluster.Node owner, Reference... references) {
    for (int i = 0; i < references.length; i++) {
      owner.drop(references[i], i + 1);
    }
  }

  private static void expectComplete(MiniCluster.Run run, Reference... references) {
    assertThat(run.spec().arguments())
        .allMatch(Argument.Inline.class::isInstance)
        .extracting(Argument::reference)
        .containsExactly(references);
  }

  @Test
  void whatHasNoRoomIsAskedForAndTheTaskBeginsWithAll() {
    Reference[] put = put(driver, 4);
    cluster.holdBack(Message.ValueAnswer.class);
    Reference r = driver.submit(put);
    drop(driver, put);
    // Those that travelled are let go by now, the others held until the task is done.
    assertThat(driver.view().object(put[0])).isNull();
    assertThat(driver.view().object(put[3])).isNotNull();
    assertThat(a.runs).isEmpty();
    assertThat(a.view().sizes()).containsEntry("questions", 2L);
    cluster.deliverHeldBack();
    MiniCluster.Run run = a.nextRun();
    expectComplete(run, put);
    a.returns(run, List.of());
    driver.drop(r, driver.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void anArgumentThatStandsTwiceIsAskedForOnce() {
    Reference[] put = put(driver, 3);
    cluster.holdBack(Message.ValueAnswer.class);
    Reference r = driver.submit(put[0], put[1], put[2], put[2]);
    drop(driver, put);
    assertThat(a.view().sizes()).containsEntry("questions", 1L);
    cluster.deliverHeldBack();
    MiniCluster.Run run = a.nextRun();
    expectComplete(run, put[0], put[1], put[2], put[2]);
    a.returns(run, List.of());
    driver.drop(r, driver.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void whoExecutesItsOwnTaskHasThemAtHand() {
    MiniCluster.Node b = cluster.worker();
    Reference[] put = put(b, 4);
    Reference r =
        b.submit(
            new TaskSpec.Terms(
                dev.deed.lineage.Demand.ONE_CPU,
                0,
                List.of(),
                0,
                new dev.deed.lineage.Placement.OnWorker(b.id)),
            List.of(),
            put);
    drop(b, put);
    MiniCluster.Run run = b.nextRun();
    expectComplete(run, put);
    b.returns(run, List.of());
    b.drop(r, b.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aTaskThatIsRepeatedAsksAgain() {
    Reference[] put = put(driver, 4);
    Reference r = driver.submit(put);
    drop(driver, put);
    expectComplete(a.nextRun(), put);
    MiniCluster.Node b = cluster.worker();
    cluster.kill(a);
    MiniCluster.Run run = b.nextRun();
    expectComplete(run, put);
    b.returns(run, List.of());
    driver.drop(r, driver.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void lineageKeepsThemAndALostResultIsMadeAgain() {
    Reference[] put = put(driver, 4);
    Reference r = driver.submit(put);
    drop(driver, put);
    a.returnsStored(a.nextRun(), 1000);
    MiniCluster.Node b = cluster.worker();
    cluster.kill(a);
    driver.on(new Event.Get(5, r));
    MiniCluster.Run run = b.nextRun();
    expectComplete(run, put);
    b.returns(run, List.of());
    assertThat(driver.got.get(5L)).isInstanceOf(Outcome.Inline.class);
    driver.drop(r, driver.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aTaskThatIsCancelledWhileItAsksLeavesNothing() {
    Reference[] put = put(driver, 4);
    cluster.holdBack(Message.ValueAnswer.class);
    Reference r = driver.submit(put);
    drop(driver, put);
    driver.on(new Event.Cancel(r, CancelMode.INTERRUPT, true));
    driver.drop(r, driver.lastHandle());
    cluster.deliverHeldBack();
    assertThat(a.runs).isEmpty();
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void whatStandsInsideALateArgumentIsHeldWhileTheTaskRuns() {
    Reference[] put = put(driver, 2);
    Reference inner = driver.put(List.of());
    Reference outer = driver.put(List.of(inner));
    Reference r = driver.submit(put[0], put[1], outer);
    drop(driver, put[0], put[1], inner, outer);
    MiniCluster.Run run = a.nextRun();
    long taken = a.take(inner);
    a.returns(run, List.of());
    driver.drop(r, driver.lastHandle());
    quiet();
    assertThat(driver.object(inner).holders()).containsEntry(a.id, Hold.VALUE);
    a.drop(inner, taken);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void alsoWhatDescribesLargeArgumentsHasABound() {
    Reference[] large = new Reference[3];
    for (int i = 0; i < large.length; i++) {
      large[i] = driver.putStored(1000);
    }
    cluster.holdBack(Message.ValueAnswer.class);
    Reference r = driver.submit(large);
    drop(driver, large);
    assertThat(a.view().sizes()).containsEntry("questions", 2L);
    cluster.deliverHeldBack();
    MiniCluster.Run run = a.nextRun();
    assertThat(run.spec().arguments()).allMatch(Argument.Stored.class::isInstance);
    a.returns(run, List.of());
    driver.drop(r, driver.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }
}
