package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.wire.WireReader;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import dev.deed.ownership.heirs.TestJournal;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A driver whose estate is kept in a journal on its disk, which is one more heir.
class JournalStoriesTest {
  private static final long MS = 1_000_000L;
  private static final TaskSpec.Terms ONCE =
      new TaskSpec.Terms(
          TaskSpec.Terms.DEFAULT.demand(), 0, List.of(), 0, TaskSpec.Terms.DEFAULT.placement());

  private final MiniCluster cluster = new MiniCluster();

  private MiniCluster.Node driver(Mode mode) {
    cluster.heirs = HeirsConfig.defaults(mode, 0);
    return cluster.driver();
  }

  private void replicate() {
    for (int i = 0; i < 40; i++) {
      cluster.pass(2 * MS);
    }
  }

  private static List<EstateRecord> records(TestJournal journal) {
    EstateImage image = Invariants.present(journal.image(), "image");
    return image.records().values().stream()
        .map(bytes -> EstateRecord.read(new WireReader(bytes)))
        .toList();
  }

  @Test
  void whatTheDriverCalledAndWhatCameOutIsInItsJournal() {
    MiniCluster.Node driver = driver(Mode.ASYNC);
    MiniCluster.Node worker = cluster.worker();
    TestJournal journal = driver.journal();
    driver.submit();
    replicate();
    assertThat(records(journal))
        .hasAtLeastOneElementOfType(EstateRecord.Specification.class)
        .anySatisfy(record ->
            assertThat(record)
                .isInstanceOfSatisfying(
                    EstateRecord.Progress.class,
                    progress -> assertThat(progress.executor()).isEqualTo(worker.id)));
    worker.returns(worker.nextRun(), List.of());
    replicate();
    assertThat(records(journal))
        .anySatisfy(record ->
            assertThat(record)
                .isInstanceOfSatisfying(
                    EstateRecord.Ended.class,
                    ended ->
                        assertThat(ended.progress().state()).isEqualTo(TaskRecord.State.DONE)));
  }

  @Test
  void aTaskThatMustNotBeRepeatedIsPushedWhenTheJournalHasIt() {
    MiniCluster.Node driver = driver(Mode.ASYNC);
    MiniCluster.Node worker = cluster.worker();
    driver.journal();
    replicate();
    cluster.journalFails = true;
    driver.submit(ONCE, List.of());
    replicate();
    assertThat(worker.runs).isEmpty();
    cluster.journalFails = false;
    replicate();
    assertThat(worker.runs).hasSize(1);
  }

  @Test
  void inSyncNothingIsAnsweredOrSentBeforeTheJournalHasIt() {
    MiniCluster.Node driver = driver(Mode.SYNC);
    MiniCluster.Node worker = cluster.worker();
    driver.journal();
    replicate();
    Reference result = driver.submit();
    driver.on(new Event.Get(1, result));
    worker.returns(worker.nextRun(), List.of());
    assertThat(driver.got).containsKey(1L);

    cluster.journalFails = true;
    Reference other = driver.submit();
    driver.on(new Event.Get(2, other));
    replicate();
    assertThat(worker.runs).isEmpty();
    cluster.journalFails = false;
    replicate();
    worker.returns(worker.nextRun(), List.of());
    replicate();
    assertThat(driver.got).containsKey(2L);
  }

  @Test
  void inSyncNothingLeavesBeforeTheJournalHasItsFirstImage() {
    MiniCluster.Node driver = driver(Mode.SYNC);
    MiniCluster.Node worker = cluster.worker();
    cluster.journalFails = true;
    driver.journal();
    driver.submit();
    replicate();
    assertThat(worker.runs).isEmpty();
    cluster.journalFails = false;
    replicate();
    assertThat(worker.runs).hasSize(1);
  }

  @Test
  void nobodyElseKnowsOfAJournal() {
    MiniCluster.Node driver = driver(Mode.ASYNC);
    MiniCluster.Node worker = cluster.worker();
    EstateId estate = new EstateId(driver.id);
    driver.journal();
    driver.submit();
    replicate();
    assertThat(worker.view().log().heirs(estate)).isEmpty();
    cluster.kill(driver);
    assertThat(worker.view().log().closed(estate)).isTrue();
  }
}
