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

/// Defects of estates with heirs that the explorer has found, each as the story of its cause.
final class HeirsFoundByExplorationTest {
  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final MiniCluster cluster = new MiniCluster();
  private final MiniCluster.Node owner;
  private final MiniCluster.Node heir;
  private final MiniCluster.Node other;
  private final EstateId estate;

  HeirsFoundByExplorationTest() {
    cluster.heirs = HeirsConfig.defaults(HeirsConfig.Mode.ASYNC, 1);
    owner = cluster.driver();
    estate = new EstateId(owner.id);
    MiniCluster.Node second = cluster.worker();
    MiniCluster.Node third = cluster.worker();
    for (int i = 0; i < 4; i++) {
      cluster.pass(2 * MS);
    }
    heir = second.id.equals(owner.view().log().heirs(estate).getFirst().worker()) ? second : third;
    other = heir == second ? third : second;
  }

  private static TaskSpec.Terms at(MiniCluster.Node node) {
    return new TaskSpec.Terms(Demand.ONE_CPU, 0, List.of(), 0, new Placement.OnWorker(node.id));
  }

  private void quiet() {
    for (int i = 0; i < 4; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  /// A reply came to a successor that had given the estate up, since nobody wanted the result any
  /// more: what it had brought was never released.
  @Test
  void aReplyToAnEstateThatWasGivenUpIsReleased() {
    owner.submit(at(other), List.of());
    quiet();
    Reference inner = other.put(List.of());
    cluster.holdBackProposals(entry -> entry instanceof Entry.Close);
    cluster.holdBack(Message.TaskCancel.class);
    cluster.kill(owner);
    cluster.holdBack(Message.EstateMessage.TaskReply.class);
    other.returns(other.nextRun(), List.of(inner));
    other.drop(inner, other.lastHandle());
    cluster.entry(new Entry.Close(estate, heir.view().log().epoch(estate)));
    assertThat(heir.view().log().closed(estate)).isTrue();

    cluster.deliverHeldBack();
    quiet();
    cluster.expectNothingLeft();
  }

  /// A parent had ended, which its owner's heirs had not heard of. Its home, whose server died, was
  /// given up; then the owner died, its successor executed the parent again, and the child, which
  /// has no retries and had ended, as well (`adopt-owner`).
  @Test
  void aHomeIsKeptUntilTheHeirsOfTheParentsOwnerKnowThatTheParentHasEnded() {
    cluster.worker();
    quiet();
    owner.submit(at(heir), List.of());
    Reference parent = owner.submit(TaskSpec.Terms.DEFAULT, List.of());
    heir.returns(heir.nextRun(), List.of());
    owner.submit(at(heir), List.of(parent));
    final long wanted = heir.take(parent);
    heir.returns(heir.nextRun(), List.of());
    MiniCluster.Node first = running();
    EstateId home = new EstateId(first.id);
    MiniCluster.Node next = cluster.nodes.get(owner.view().log().heirs(home).getFirst().worker());
    MiniCluster.Run run = first.nextRun();
    first.call(run, 0, at(heir), (byte) 1);
    heir.returns(heir.nextRun(), List.of());
    quiet();
    cluster.heirsCutOff = true;
    first.returns(run, List.of());
    cluster.kill(first);
    quiet();
    assertThat(owner.view().log().closed(home)).isFalse();

    cluster.kill(owner);
    cluster.heirsCutOff = false;
    quiet();
    MiniCluster.Node again = running();
    assertThat(again).isSameAs(next);
    MiniCluster.Run second = again.nextRun();
    assertThat(second.home()).isEqualTo(home);
    Reference child = again.call(second, 0, at(heir), (byte) 1);
    assertThat(heir.runs).isEmpty();
    again.on(new Event.Get(1, child));
    assertThat(again.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    again.drop(child, again.lastHandle());
    again.returns(second, List.of());
    heir.drop(parent, wanted);
    quiet();
    cluster.expectNothingLeft();
  }

  private MiniCluster.Node running() {
    return cluster.nodes.values().stream()
        .filter(node -> node.alive && !node.runs.isEmpty())
        .findFirst()
        .orElseThrow();
  }
}
