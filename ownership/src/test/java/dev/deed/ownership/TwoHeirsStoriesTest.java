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

/// Stories of estates with two heirs: when the first succeeds, the second is still there, and full.
final class TwoHeirsStoriesTest {
  private static final long SECOND = 1_000_000_000L;

  private final MiniCluster cluster = new MiniCluster();
  private final MiniCluster.Node owner;

  TwoHeirsStoriesTest() {
    cluster.heirs = HeirsConfig.defaults(HeirsConfig.Mode.ASYNC, 2);
    owner = cluster.driver();
    for (int i = 0; i < 5; i++) {
      cluster.worker();
    }
    quiet();
  }

  private void quiet() {
    for (int i = 0; i < 4; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  private MiniCluster.Node heirOf(MiniCluster.Node node) {
    List<Entry.Heir> heirs = owner.view().log().heirs(new EstateId(node.id));
    assertThat(heirs).hasSize(2).allMatch(Entry.Heir::full);
    return Invariants.present(cluster.nodes.get(heirs.getFirst().worker()), "first heir");
  }

  private static TaskSpec.Terms at(MiniCluster.Node node) {
    return new TaskSpec.Terms(Demand.ONE_CPU, 3, List.of(), 0, new Placement.OnWorker(node.id));
  }

  /// A reply was sent again to a successor and waited there for the records; its sender died
  /// meanwhile, after the roll call. What stood in it was held by nobody once that death was clear,
  /// since the successor's heirs had not heard of the reply (seed 3137761962428).
  @Test
  void whatAReplyBroughtIsRegisteredBeforeItsSendersDeathIsAnswered() {
    MiniCluster.Node heir = heirOf(owner);
    MiniCluster.Node executor =
        cluster.nodes.values().stream()
            .filter(node -> node != owner && node != heir && heirOf(node) != heir)
            .findFirst()
            .orElseThrow();
    Reference r = owner.submit(at(executor), List.of());
    owner.submit(at(heir), List.of(r));
    quiet();
    final long handle = heir.take(r);
    heir.returns(heir.nextRun(), List.of());
    quiet();
    Reference inner = executor.put(List.of());
    cluster.holdBack(Message.EstateMessage.TaskReply.class);
    executor.returns(executor.nextRun(), List.of(inner));
    executor.drop(inner, executor.lastHandle());
    quiet();
    cluster.holdBack(Message.RollCall.class);
    cluster.kill(owner);
    cluster.kill(executor);
    cluster.deliverHeldBackBut(Message.EstateMessage.ReleaseKeeping.class);
    quiet();
    cluster.deliverHeldBack();
    quiet();
    heir.on(new Event.Get(1, r));
    assertThat(heir.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    final long taken = heir.take(inner);
    heir.on(new Event.ReadDone(1));
    heir.on(new Event.Get(2, inner));
    assertThat(heir.got.get(2L)).isInstanceOf(Outcome.Inline.class);
    heir.on(new Event.ReadDone(2));
    heir.drop(inner, taken);
    heir.drop(r, handle);
    quiet();
    cluster.expectNothingLeft();
  }
}
