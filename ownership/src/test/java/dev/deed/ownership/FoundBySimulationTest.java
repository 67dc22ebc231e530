package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Defects that the simulator found, told with as few events as show them.
final class FoundBySimulationTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MIB = 1 << 20;

  private final MiniCluster cluster = new MiniCluster();
  private final MiniCluster.Node driver = cluster.driver();
  private final MiniCluster.Node a = cluster.worker();

  /// A call with two results, which its parent makes again when it is executed again.
  private final TaskSpec twoResults = twoResults();

  private final Reference first = result(0);
  private final Reference second = result(1);

  private static TaskSpec twoResults() {
    TaskId parent = TaskId.root(77, 0);
    return new TaskSpec(
        parent.call(0, 0),
        0,
        parent,
        Payload.of(new byte[] {1}),
        List.of(),
        List.of(),
        2,
        TaskSpec.Terms.DEFAULT,
        new TaskSpec.Origin("two", "story"));
  }

  private Reference result(int index) {
    return new Reference(twoResults.result(index), new EstateId(driver.id));
  }

  private void quiet() {
    for (int i = 0; i < 3; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  private void expectNothingLeft() {
    quiet();
    cluster.expectNothingLeft();
  }

  private static void returnsBoth(MiniCluster.Node node) {
    MiniCluster.Run run = node.nextRun();
    node.on(new Event.Reserve(1, MIB));
    StoredValue large = new StoredValue(run.attempt(), node.id, MIB, 7, List.of());
    node.on(
        new Event.Finished(
            run.execution(),
            new TaskOutcome.Returned(
                List.of(new Outcome.Stored(large, List.of()), MiniCluster.inline(List.of()))),
            1000));
  }

  /// The driver makes the call and keeps its first result.
  private void callForTheFirst() {
    driver.on(new Event.Submit(twoResults, new long[] {1, 2}, new EstateId(driver.id)));
    returnsBoth(a);
    driver.drop(second, 2);
    quiet();
  }

  private void assertBothCanBeReadAndDropped() {
    driver.on(new Event.Get(1, first));
    driver.on(new Event.Get(2, second));
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Stored.class);
    assertThat(driver.got.get(2L)).isInstanceOf(Outcome.Inline.class);
    driver.on(new Event.ReadDone(1));
    driver.on(new Event.ReadDone(2));
    driver.drop(first, 1);
    driver.drop(first, 3);
    driver.drop(second, 4);
    expectNothingLeft();
  }

  @Test
  void aCallThatIsExecutedAgainForOneResultGivesTheOtherToWhoCallsItAgain() {
    callForTheFirst();
    MiniCluster.Node b = cluster.worker();
    cluster.kill(a);
    assertThat(b.runs).hasSize(1);
    driver.on(new Event.Submit(twoResults, new long[] {3, 4}, new EstateId(driver.id)));
    assertThat(b.runs).hasSize(1);
    returnsBoth(b);
    assertBothCanBeReadAndDropped();
  }

  @Test
  void aResultThatWasLeftOfAnEarlierCallCanStillBeMadeAgain() {
    callForTheFirst();
    driver.on(new Event.Submit(twoResults, new long[] {3, 4}, new EstateId(driver.id)));
    returnsBoth(a);
    assertThat(driver.object(first).locations()).containsExactly(a.id);
    MiniCluster.Node b = cluster.worker();
    cluster.kill(a);
    returnsBoth(b);
    assertBothCanBeReadAndDropped();
  }

  @Test
  void aResultThatOnlyLineageHeldIsKeptWhenItsCallIsMadeAgain() {
    callForTheFirst();
    Reference reader = driver.submit(first);
    long readerHandle = driver.lastHandle();
    a.returnsStored(a.nextRun(), MIB);
    driver.drop(first, 1);
    quiet();
    assertThat(driver.object(first).state()).isEqualTo("RELEASED");
    driver.on(new Event.Submit(twoResults, new long[] {1001, 1002}, new EstateId(driver.id)));
    returnsBoth(a);
    quiet();
    assertThat(driver.object(first).state()).isEqualTo("STORED");
    driver.on(new Event.Get(1, first));
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Stored.class);
    driver.on(new Event.ReadDone(1));
    assertThat(a.runs).isEmpty();
    driver.drop(first, 1001);
    driver.drop(second, 1002);
    driver.drop(reader, readerHandle);
    expectNothingLeft();
  }

  @Test
  void aValueIsNotLostWhileACopyOfItComesFromTheDeadWorker() {
    MiniCluster.Node b = cluster.worker();
    Reference x = driver.submit(once(a), List.of());
    a.returnsStored(a.nextRun(), MIB);
    Reference reader = driver.submit(once(b), List.of(), x);
    cluster.holdBackFetches();
    driver.on(new Event.Get(1, x));
    cluster.kill(a);
    quiet();
    assertThat(driver.view().log().awaitsClear()).isTrue();
    assertThat(driver.object(x).failure()).isNull();
    cluster.deliverHeldBack();
    quiet();
    assertThat(driver.view().log().awaitsClear()).isFalse();
    assertThat(driver.object(x).locations()).contains(b.id);
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Stored.class);
    driver.on(new Event.ReadDone(1));
    b.returns(b.nextRun(), List.of());
    driver.drop(x, 1);
    driver.drop(reader, 2);
    expectNothingLeft();
  }

  @Test
  void whatAnOwnerHasSaidOfACopyThatItFreesIsAskedAnew() {
    MiniCluster.Node b = cluster.worker();
    Reference x = driver.submit(once(a), List.of());
    final long xHandle = driver.lastHandle();
    a.returnsStored(a.nextRun(), MIB);
    Reference reader = driver.submit(once(b), List.of(x));
    final long readerHandle = driver.lastHandle();
    final long taken = b.take(x);
    b.on(new Event.Get(1, x));
    CopyName copy = b.view().copies().getFirst().name();
    b.on(new Event.Arrived(driver.id, 0, new Message.FreeCopy(copy)));
    cluster.holdBack(Message.ValueRequest.class);
    b.on(new Event.Get(2, x));
    assertThat(b.got).containsOnlyKeys(1L);
    b.on(new Event.ReadDone(1));
    assertThat(b.deleted).containsExactly(copy);
    cluster.deliverHeldBack();
    assertThat(b.got.get(2L)).isInstanceOf(Outcome.Stored.class);
    b.on(new Event.ReadDone(2));
    b.drop(x, taken);
    b.returns(b.nextRun(), List.of());
    driver.drop(x, xHandle);
    driver.drop(reader, readerHandle);
    expectNothingLeft();
  }

  @Test
  void aValueThatArrivesAfterItsOwnersDeathIsNotRead() {
    Reference result = driver.submit();
    Reference x = a.putStored(MIB);
    a.returns(a.nextRun(), List.of(x));
    final long resultHandle = driver.lastHandle();
    final long handle = read(1, result, x);
    cluster.holdBackFetches();
    driver.on(new Event.Get(2, x));
    cluster.kill(a);
    cluster.deliverHeldBack();
    assertThat(driver.got.get(2L))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure().kind()).isEqualTo(Failure.Kind.OWNER_DIED));
    driver.drop(x, handle);
    driver.drop(result, resultHandle);
    expectNothingLeft();
  }

  @Test
  void whatWasReadInAValueOutlivesItWhenTheValueIsHeldForLineageAlone() {
    Reference inner = a.put(List.of());
    final long innerHandle = a.lastHandle();
    Reference outer = a.submit();
    final long outerHandle = a.lastHandle();
    a.returnsStored(a.nextRun(), MIB, inner);
    Reference outermost = a.put(List.of(outer));
    final long outermostHandle = a.lastHandle();
    Reference result = driver.submit();
    a.returns(a.nextRun(), List.of(outermost));
    a.drop(inner, innerHandle);
    a.drop(outer, outerHandle);
    a.drop(outermost, outermostHandle);

    final long resultHandle = driver.lastHandle();
    final long readOutermost = read(1, result, outermost);
    final long readOuter = read(2, outermost, outer);
    final long readInner = read(3, outer, inner);
    Reference user = driver.submit(TaskSpec.Terms.DEFAULT, List.of(outer));
    final long userHandle = driver.lastHandle();
    a.returnsStored(a.nextRun(), MIB);
    driver.drop(outer, readOuter);
    driver.drop(outermost, readOutermost);
    driver.drop(result, resultHandle);
    quiet();
    assertThat(a.object(outer).state()).isEqualTo("RELEASED");
    assertThat(a.object(inner).holders()).containsEntry(driver.id, Hold.VALUE);
    driver.drop(inner, readInner);
    driver.drop(user, userHandle);
    expectNothingLeft();
  }

  /// Who held a value for lineage alone remembered what its owner had once answered, and gave it to
  /// a task that was executed again: the owner of what stands inside knew nothing of that any more.
  @Test
  void whatIsKnownOfAValueIsForgottenWhenItIsHeldForLineageAlone() {
    MiniCluster.Node b = cluster.worker();
    Reference x = a.submit();
    final long xHandle = a.lastHandle();
    returnsWithPut(a.nextRun());
    Reference result = driver.submit(once(a), List.of());
    final long resultHandle = driver.lastHandle();
    a.returns(a.nextRun(), List.of(x));
    a.drop(x, xHandle);
    final long read = read(1, result, x);
    driver.drop(result, resultHandle);
    Reference busy = driver.submit(once(a), List.of());
    final long busyHandle = driver.lastHandle();
    Reference user = driver.submit(TaskSpec.Terms.DEFAULT, List.of(), x);
    final long userHandle = driver.lastHandle();
    b.returnsStored(b.nextRun(), MIB);
    driver.drop(x, read);
    quiet();
    assertThat(a.object(x).state()).isEqualTo("RELEASED");

    cluster.kill(b);
    a.returns(a.nextRun(), List.of());
    MiniCluster.Run again = a.nextRun();
    assertThat(again.spec().id()).isEqualTo(x.object().task());
    returnsWithPut(again);
    MiniCluster.Run usedAgain = a.nextRun();
    assertThat(usedAgain.spec().id()).isEqualTo(user.object().task());
    a.returnsStored(usedAgain, MIB);
    driver.drop(busy, busyHandle);
    driver.drop(user, userHandle);
    expectNothingLeft();
  }

  /// A question was on its way for so long that nobody wanted the value any more, but for lineage:
  /// it was made again for nobody (seed 7004010).
  @Test
  void aQuestionThatComesTooLateHasNothingMadeAgain() {
    Reference x = driver.submit(TaskSpec.Terms.DEFAULT, List.of());
    final long xHandle = driver.lastHandle();
    a.returnsStored(a.nextRun(), MIB);
    Reference user = driver.submit(TaskSpec.Terms.DEFAULT, List.of(), x);
    final long userHandle = driver.lastHandle();
    a.returnsStored(a.nextRun(), MIB);
    MiniCluster.Node b = cluster.worker();
    Reference reader = driver.submit(once(b), List.of(x));
    final long readerHandle = driver.lastHandle();
    final long taken = b.take(x);
    cluster.holdBack(Message.ValueRequest.class);
    b.on(new Event.Get(1, x));
    b.on(new Event.GetAbandoned(1));
    b.drop(x, taken);
    b.returns(b.nextRun(), List.of());
    driver.drop(x, xHandle);
    quiet();
    assertThat(driver.object(x).state()).isEqualTo("RELEASED");
    cluster.deliverHeldBack();
    assertThat(a.runs).isEmpty();
    assertThat(b.runs).isEmpty();
    driver.drop(user, userHandle);
    driver.drop(reader, readerHandle);
    expectNothingLeft();
  }

  /// The execution at `a` puts a value, which stands in its result.
  private void returnsWithPut(MiniCluster.Run run) {
    Reference inner = a.put(run, 0, (byte) 1);
    final long handle = a.lastHandle();
    a.returnsStored(run, MIB, inner);
    a.drop(inner, handle);
  }

  /// The driver reads a value and takes a handle of what stands inside it.
  private long read(long request, Reference value, Reference inside) {
    driver.on(new Event.Get(request, value));
    assertThat(driver.got.get(request)).isNotInstanceOf(Outcome.Failed.class).isNotNull();
    long handle = driver.take(inside);
    driver.on(new Event.ReadDone(request));
    return handle;
  }

  private static TaskSpec.Terms once(MiniCluster.Node node) {
    return new TaskSpec.Terms(Demand.ONE_CPU, 0, List.of(), 0, new Placement.OnWorker(node.id));
  }
}
