package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Calls and puts that ask more of their owner's heirs than the session does.
final class KeepingStoriesTest {
  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private final MiniCluster cluster = new MiniCluster();
  private MiniCluster.Node owner;
  private MiniCluster.Node heir;
  private MiniCluster.Node other;

  private static TaskSpec.Terms at(MiniCluster.Node node, Keeping keeping) {
    return new TaskSpec.Terms(
        Demand.ONE_CPU, 3, List.of(), 0, new Placement.OnWorker(node.id), keeping);
  }

  private void replicate() {
    for (int i = 0; i < 4; i++) {
      cluster.pass(20 * MS);
    }
  }

  private void quiet() {
    for (int i = 0; i < 4; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  @BeforeEach
  void begin() {
    cluster.heirs = HeirsConfig.defaults(HeirsConfig.Mode.ASYNC, 1);
    owner = cluster.worker();
    MiniCluster.Node second = cluster.worker();
    MiniCluster.Node third = cluster.worker();
    replicate();
    List<Entry.Heir> heirs = second.view().log().heirs(new EstateId(owner.id));
    assertThat(heirs).singleElement().matches(Entry.Heir::full);
    heir = heirs.getFirst().worker().equals(second.id) ? second : third;
    other = heir == second ? third : second;
  }

  @Test
  void aCallThatMustSurviveIsPushedAndToldWhenTheHeirsKnowOfIt() {
    cluster.heirsCutOff = true;
    Reference value = owner.submit(at(other, Keeping.SYNC), List.of());
    final long handle = owner.lastHandle();
    owner.submit(at(heir, Keeping.ESTATE), List.of());
    quiet();
    assertThat(other.runs).isEmpty();
    assertThat(heir.runs).hasSize(1);
    cluster.heirsCutOff = false;
    quiet();
    MiniCluster.Run run = other.nextRun();
    cluster.heirsCutOff = true;
    other.returns(run, List.of());
    owner.on(new Event.Get(1, value));
    quiet();
    assertThat(owner.got).isEmpty();
    cluster.heirsCutOff = false;
    quiet();
    assertThat(owner.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    heir.returns(heir.nextRun(), List.of());
    owner.drop(value, handle);
    quiet();
  }

  private void expectPutWaitsForHeirs() {
    cluster.heirsCutOff = true;
    Reference value = owner.put(Keeping.SYNC);
    owner.on(new Event.Get(1, value));
    quiet();
    assertThat(owner.got).isEmpty();
    cluster.heirsCutOff = false;
    quiet();
    assertThat(owner.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    owner.drop(value, owner.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void aPutThatMustSurviveIsReadWhenTheHeirsKnowOfIt() {
    expectPutWaitsForHeirs();
  }

  @Test
  void whatMustSurviveWaitsForAnHeirWhereThereMayBeOne() {
    cluster.kill(heir);
    expectPutWaitsForHeirs();
  }
}
