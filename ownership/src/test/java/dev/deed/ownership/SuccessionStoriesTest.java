package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An owner dies, and an heir serves what it had owned.
final class SuccessionStoriesTest {
  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private final MiniCluster cluster = new MiniCluster();
  private final MiniCluster.Node owner = member(1);
  private final MiniCluster.Node second = member(1);
  private final MiniCluster.Node third = member(1);

  private MiniCluster.Node member(int heirs) {
    cluster.heirs = HeirsConfig.defaults(HeirsConfig.Mode.ASYNC, heirs);
    return cluster.worker();
  }

  private static TaskSpec.Terms at(MiniCluster.Node node, int retries) {
    return new TaskSpec.Terms(
        Demand.ONE_CPU, retries, List.of(), 0, new Placement.OnWorker(node.id));
  }

  /// Lets what is replicated arrive.
  private void replicate() {
    for (int i = 0; i < 4; i++) {
      cluster.pass(2 * MS);
    }
  }

  private void quiet() {
    for (int i = 0; i < 4; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  private MiniCluster.Node heir() {
    List<Entry.Heir> heirs = second.view().log().heirs(new EstateId(owner.id));
    assertThat(heirs).singleElement().matches(Entry.Heir::full);
    return heirs.getFirst().worker().equals(second.id) ? second : third;
  }

  private MiniCluster.Node other() {
    return heir() == second ? third : second;
  }

  @Test
  void anHeirIsTakenAndBecomesFull() {
    replicate();
    assertThat(heir().view().image(new EstateId(owner.id))).isNotNull();
    assertThat(other().view().image(new EstateId(owner.id))).isNull();
  }

  @Test
  void whatTheOwnerHadPutIsReadAfterItsDeath() {
    replicate();
    MiniCluster.Node reader = other();
    MiniCluster.Node heir = heir();
    Reference x = owner.put(List.of());
    owner.submit(at(reader, 0), List.of(x));
    replicate();
    long handle = reader.take(x);
    reader.returns(reader.nextRun(), List.of());
    quiet();
    cluster.kill(owner);
    assertThat(heir.view().estates()).contains(new EstateId(owner.id));
    reader.on(new Event.Get(1, x));
    assertThat(reader.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    reader.drop(x, handle);
    quiet();
    assertThat(heir.view().estates()).doesNotContain(new EstateId(owner.id));
    cluster.expectNothingLeft();
  }

  @Test
  void aTaskThatRunsWhenItsOwnerDiesIsNotExecutedAgain() {
    replicate();
    MiniCluster.Node heir = heir();
    MiniCluster.Node executor = other();
    Reference r = owner.submit(at(executor, 3), List.of());
    owner.submit(at(heir, 3), List.of(r));
    replicate();
    heir.take(r);
    heir.returns(heir.nextRun(), List.of());
    replicate();
    MiniCluster.Run run = executor.nextRun();
    cluster.kill(owner);
    heir.on(new Event.Get(1, r));
    assertThat(heir.got).isEmpty();
    executor.returns(run, List.of());
    assertThat(heir.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    assertThat(executor.runs).isEmpty();
    heir.drop(r, heir.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aTaskThatWasAtTheDeadOwnerIsExecutedBySomebodyElse() {
    replicate();
    MiniCluster.Node heir = heir();
    MiniCluster.Node reader = other();
    Reference r = owner.submit(TaskSpec.Terms.DEFAULT, List.of());
    assertThat(owner.runs).hasSize(1);
    owner.submit(at(reader, 0), List.of(r));
    replicate();
    reader.take(r);
    reader.returns(reader.nextRun(), List.of());
    replicate();
    cluster.kill(owner);
    reader.on(new Event.Get(1, r));
    assertThat(heir.runs).hasSize(1);
    heir.returns(heir.nextRun(), List.of());
    assertThat(reader.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    reader.drop(r, reader.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aReplyThatTheDeadOwnerDidNotAcknowledgeGoesToTheHeir() {
    replicate();
    MiniCluster.Node heir = heir();
    MiniCluster.Node executor = other();
    Reference inner = executor.put(List.of());
    Reference r = owner.submit(at(executor, 3), List.of());
    owner.submit(at(heir, 0), List.of(r));
    replicate();
    heir.take(r);
    heir.returns(heir.nextRun(), List.of());
    replicate();
    cluster.holdBack(Message.EstateMessage.TaskReply.class);
    executor.returns(executor.nextRun(), List.of(inner));
    executor.drop(inner, 1);
    cluster.deliverNothingHeldBack();
    cluster.kill(owner);
    heir.on(new Event.Get(1, r));
    assertThat(heir.got.get(1L))
        .isInstanceOfSatisfying(
            Outcome.Inline.class,
            value -> assertThat(value.value().references()).containsExactly(inner));
    long innerHandle = heir.take(inner);
    heir.on(new Event.ReadDone(1));
    heir.drop(r, heir.lastHandle() - 1);
    quiet();
    heir.on(new Event.Get(2, inner));
    assertThat(heir.got.get(2L)).isInstanceOf(Outcome.Inline.class);
    heir.drop(inner, innerHandle);
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aStoredValueIsFoundByTheRollCall() {
    replicate();
    MiniCluster.Node heir = heir();
    MiniCluster.Node executor = other();
    Reference r = owner.submit(at(executor, 3), List.of());
    owner.submit(at(heir, 0), List.of(r));
    replicate();
    heir.take(r);
    heir.returns(heir.nextRun(), List.of());
    executor.returnsStored(executor.nextRun(), 1000);
    replicate();
    cluster.kill(owner);
    heir.on(new Event.Get(1, r));
    assertThat(heir.got.get(1L)).isInstanceOf(Outcome.Stored.class);
    heir.on(new Event.ReadDone(1));
    heir.drop(r, heir.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void whatNoHeirKnewOfFailsWithTheOwnersDeath() {
    replicate();
    MiniCluster.Node reader = other();
    cluster.heirsCutOff = true;
    Reference x = owner.put(List.of());
    owner.submit(at(reader, 3), List.of(x));
    reader.take(x);
    cluster.kill(owner);
    cluster.heirsCutOff = false;
    reader.on(new Event.Get(1, x));
    assertThat(reader.got.get(1L))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(Failure.Kind.OWNER_DIED));
    reader.returns(reader.nextRun(), List.of());
    reader.drop(x, reader.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void theHeirOfTheHeirServesItToo() {
    MiniCluster.Node fourth = member(1);
    replicate();
    MiniCluster.Node heir = heir();
    Reference x = owner.put(List.of());
    owner.submit(at(fourth, 0), List.of(x));
    replicate();
    long handle = fourth.take(x);
    fourth.returns(fourth.nextRun(), List.of());
    quiet();
    cluster.kill(owner);
    replicate();
    quiet();
    cluster.kill(heir);
    quiet();
    fourth.on(new Event.Get(1, x));
    assertThat(fourth.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    fourth.drop(x, handle);
    quiet();
    cluster.expectNothingLeft();
  }
}
