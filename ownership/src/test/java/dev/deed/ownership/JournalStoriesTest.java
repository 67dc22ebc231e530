package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.ownership.MiniCluster.Run;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import dev.deed.ownership.heirs.TestJournal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

  // --- a restart of the whole cluster -----------------------------------------------------------

  /// A driver that calls these tasks (named by one byte), and is killed with its cluster.
  private TestJournal killed(Mode mode, int returned, byte... calls) {
    MiniCluster.Node driver = driver(mode);
    MiniCluster.Node worker = cluster.worker();
    TestJournal journal = driver.journal();
    replicate();
    for (byte call : calls) {
      driver.submitAs(FIRST, new EstateId(driver.id), TaskSpec.Terms.DEFAULT, call);
    }
    replicate();
    for (int i = 0; i < returned; i++) {
      worker.returns(worker.nextRun(), List.of());
    }
    replicate();
    return journal;
  }

  /// The first driver of all, and the estate of its job.
  private static final TaskId FIRST = TaskId.root(1, 0);

  private static final EstateId JOB = new EstateId(new WorkerId(1, 1));

  /// A driver of a new cluster that serves what the journal had kept.
  private MiniCluster.Node resumed(MiniCluster next, Mode mode, TestJournal journal) {
    return resumed(next, mode, journal, List.of());
  }

  /// The same, and has copies of these stored values.
  private MiniCluster.Node resumed(
      MiniCluster next, Mode mode, TestJournal journal, List<StoredObject> here) {
    next.heirs = HeirsConfig.defaults(mode, 0);
    next.skipIds(10);
    MiniCluster.Node driver = next.driver();
    refound(next, driver, journal, here, null);
    assertThat(driver.view().estates()).contains(JOB);
    return driver;
  }

  private static void refound(
      MiniCluster next,
      MiniCluster.Node driver,
      TestJournal journal,
      List<StoredObject> here,
      Entry.Refounded.@Nullable Named named) {
    EstateImage image = Invariants.present(journal.image(), "image");
    next.journal(driver, JOB);
    driver.on(new Event.ImageRead(JOB, image, FIRST, here));
    next.entry(new Entry.Refounded(JOB, image.epoch() + 1, driver.id, Formers.of(image), named));
  }

  @Test
  void aFinishedCallIsNotExecutedAgainAndAnUnfinishedOneIs() {
    TestJournal journal = killed(Mode.ASYNC, 1, (byte) 1, (byte) 2);
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = resumed(next, Mode.ASYNC, journal);
    MiniCluster.Node worker = next.worker();
    Reference first = driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 1);
    Reference second = driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 2);
    Reference third = driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 3);
    driver.on(new Event.Get(1, first));
    driver.on(new Event.Get(2, second));
    driver.on(new Event.Get(3, third));
    for (int i = 0; i < 4; i++) {
      next.pass(500 * MS);
    }
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    assertThat(driver.got).containsOnlyKeys(1L);
    List<Run> runs = new ArrayList<>();
    while (!worker.runs.isEmpty()) {
      Run run = worker.nextRun();
      runs.add(run);
      worker.returns(run, List.of());
      next.pass(2 * MS);
    }
    assertThat(runs)
        .extracting(run -> run.spec().function().bytes()[0])
        .containsExactly((byte) 2, (byte) 3);
    assertThat(driver.got).containsOnlyKeys(1L, 2L, 3L);
  }

  @Test
  void aResumedJobIsResumedAgain() {
    TestJournal journal = killed(Mode.SYNC, 1, (byte) 1, (byte) 2);
    for (int round = 0; round < 3; round++) {
      MiniCluster next = new MiniCluster();
      next.skipIds(10 * round);
      MiniCluster.Node driver = resumed(next, Mode.SYNC, journal);
      journal = next.journalOf(driver);
      Reference first = driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 1);
      driver.on(new Event.Get(1, first));
      for (int i = 0; i < 40; i++) {
        next.pass(2 * MS);
      }
      assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Inline.class);
      assertThat(Invariants.present(journal.image(), "image").epoch()).isEqualTo(round + 2);
    }
  }

  @Test
  void mainThatCallsSomethingElseThanBeforeIsTold() {
    TestJournal journal = killed(Mode.ASYNC, 1, (byte) 1);
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = resumed(next, Mode.ASYNC, journal);
    driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 9);
    assertThat(driver.reports)
        .extracting(Effects.Report::kind)
        .contains(Effects.Report.Kind.MAIN_DIFFERS);
  }

  @Test
  void anEstateIsRefoundedOnceAndNotWhereItIsKnown() {
    TestJournal journal = killed(Mode.ASYNC, 1, (byte) 1);
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = resumed(next, Mode.ASYNC, journal);
    MiniCluster.Node late = next.worker();
    assertThat(late.view().log().server(JOB)).contains(driver.id);
    assertThat(late.view().log().epoch(JOB)).isEqualTo(2);
    next.entry(new Entry.Refounded(JOB, 3, late.id, List.of(), null));
    assertThat(late.view().log().server(JOB)).contains(driver.id);
    next.kill(driver);
    assertThat(late.view().log().closed(JOB)).isTrue();
    next.entry(new Entry.Refounded(JOB, 4, late.id, List.of(), null));
    assertThat(late.view().log().closed(JOB)).isTrue();
  }

  // --- a named job, whose journal is one heir among others --------------------------------------

  private static final Entry.Refounded.Named SUMS = new Entry.Refounded.Named("sums", FIRST);

  private static MiniCluster.Node refounded(MiniCluster next, TestJournal journal) {
    next.heirs = HeirsConfig.defaults(Mode.ASYNC, 1);
    next.skipIds(10);
    next.worker();
    next.worker();
    MiniCluster.Node driver = next.driver();
    refound(next, driver, journal, List.of(), SUMS);
    pass(next);
    assertThat(driver.view().log().job("sums")).map(Job::driver).contains(driver.id);
    assertThat(driver.view().log().heirs(JOB)).singleElement().matches(Entry.Heir::full);
    return driver;
  }

  private static void pass(MiniCluster cluster) {
    for (int i = 0; i < 8; i++) {
      cluster.pass(500 * MS);
    }
  }

  /// Whatever runs returns.
  private static List<Byte> returnAll(MiniCluster cluster) {
    List<Byte> codes = new ArrayList<>();
    boolean found = true;
    while (found) {
      found = false;
      for (MiniCluster.Node node : List.copyOf(cluster.nodes.values())) {
        while (node.alive && !node.runs.isEmpty()) {
          Run run = node.nextRun();
          codes.add(run.spec().function().bytes()[0]);
          node.returns(run, List.of());
          found = true;
        }
      }
      pass(cluster);
    }
    return codes;
  }

  @Test
  void aNamedJobOutOfAJournalOutlivesItsDriver() {
    MiniCluster next = new MiniCluster();
    TestJournal journal = killed(Mode.ASYNC, 1, (byte) 1, (byte) 2);
    MiniCluster.Node driver = refounded(next, journal);
    driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 1);
    driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 2);
    assertThat(returnAll(next)).containsExactly((byte) 2);
    next.kill(driver);
    pass(next);
    next.heirs = HeirsConfig.NONE;
    MiniCluster.Node other = next.driver();
    other.main(FIRST, JOB);
    next.entry(new Entry.JobResumed("sums", other.id));
    pass(next);
    List<Reference> results = new ArrayList<>();
    for (byte call = 1; call <= 3; call++) {
      results.add(other.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, call));
    }
    assertThat(returnAll(next)).containsExactly((byte) 3);
    for (int i = 1; i <= 3; i++) {
      other.on(new Event.Get(i, results.get(i - 1)));
      assertThat(other.got.get((long) i)).isInstanceOf(Outcome.Inline.class);
      other.on(new Event.ReadDone(i));
      other.drop(results.get(i - 1), i);
    }
    next.entry(new Entry.JobEnded("sums", JOB, other.id));
    pass(next);
    next.expectNothingLeft();
  }

  @Test
  void whenANamedJobOutOfAJournalEndsNothingIsLeftOfIt() {
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = refounded(next, killed(Mode.ASYNC, 1, (byte) 1, (byte) 2));
    Reference first = driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 1);
    driver.drop(first, driver.lastHandle());
    pass(next);
    assertThat(driver.view().object(first)).isNotNull();
    next.entry(new Entry.JobEnded("sums", JOB, driver.id));
    returnAll(next);
    assertThat(driver.view().log().job("sums")).isEmpty();
    assertThat(driver.view().log().closed(JOB)).isTrue();
    next.expectNothingLeft();
  }

  /// The driver dies when its job has ended, before it could give up the estate.
  @Test
  void whatIsLeftOfAnEndedJobGoesWithItsDriver() {
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = refounded(next, killed(Mode.ASYNC, 1, (byte) 1, (byte) 2));
    driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 1);
    pass(next);
    next.heirsCutOff = true;
    next.entry(new Entry.JobEnded("sums", JOB, driver.id));
    next.kill(driver);
    next.heirsCutOff = false;
    returnAll(next);
    assertThat(next.nodes.values().stream().filter(node -> node.alive).findFirst())
        .get()
        .matches(node -> node.view().log().closed(JOB));
    next.expectNothingLeft();
  }

  @Test
  void aJobIsNotRefoundedUnderANameThatIsTaken() {
    MiniCluster next = new MiniCluster();
    next.heirs = HeirsConfig.defaults(Mode.ASYNC, 1);
    next.skipIds(10);
    next.worker();
    MiniCluster.Node running = next.driver();
    next.entry(new Entry.JobBegun("sums", running.id, TaskId.root(running.id.high(), 0)));
    MiniCluster.Node driver = next.driver();
    refound(next, driver, killed(Mode.ASYNC, 1, (byte) 1), List.of(), SUMS);
    assertThat(driver.view().estates()).doesNotContain(JOB);
    assertThat(driver.view().log().job("sums")).map(Job::driver).contains(running.id);
  }

  // --- stored values ----------------------------------------------------------------------------

  private static final long LARGE = 1 << 20;

  /// A driver that calls two tasks with large results and puts a large value, and is killed.
  private TestJournal killedWithStored() {
    MiniCluster.Node driver = driver(Mode.ASYNC);
    MiniCluster.Node worker = cluster.worker();
    TestJournal journal = driver.journal();
    replicate();
    for (byte call = 1; call <= 2; call++) {
      driver.submitAs(FIRST, new EstateId(driver.id), TaskSpec.Terms.DEFAULT, call);
    }
    putLarge(driver, 7);
    replicate();
    worker.returnsStored(worker.nextRun(), LARGE);
    worker.returnsStored(worker.nextRun(), LARGE);
    replicate();
    return journal;
  }

  /// Main puts a large value of this digest.
  private static Reference putLarge(MiniCluster.Node driver, long digest) {
    Reference put = new Reference(FIRST.put(0, 0).result(0), JOB);
    driver.on(new Event.Reserve(1, LARGE));
    StoredValue value = new StoredValue(0, driver.id, LARGE, digest, List.of());
    driver.on(
        new Event.Put(
            put.object(),
            FIRST,
            new Outcome.Stored(value, List.of()),
            driver.take(put),
            TaskSpec.Origin.UNKNOWN,
            JOB,
            1));
    return put;
  }

  private static List<StoredObject> stored(TestJournal journal) {
    return StoredObject.of(JOB, Invariants.present(journal.image(), "image"));
  }

  private static @Nullable Outcome answer(
      MiniCluster.Node driver, MiniCluster next, Reference reference) {
    driver.on(new Event.Get(1, reference));
    for (int i = 0; i < 4; i++) {
      next.pass(500 * MS);
    }
    return driver.got.get(1L);
  }

  @Test
  void theRecordsNameAllStoredValues() {
    List<StoredObject> stored = stored(killedWithStored());
    assertThat(stored)
        .hasSize(3)
        .allSatisfy(object -> {
          assertThat(object.value().size()).isEqualTo(LARGE);
          assertThat(object.holders()).hasSize(1);
          assertThat(object.reference().estate()).isEqualTo(JOB);
        });
    assertThat(stored)
        .extracting(object -> object.reference().object())
        .containsExactlyInAnyOrder(
            FIRST.call(0, 0).result(0), FIRST.call(0, 1).result(0), FIRST.put(0, 0).result(0));
  }

  @Test
  void storedValuesThatTheDriverHasAreReadAndNotMadeAgain() {
    TestJournal journal = killedWithStored();
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = resumed(next, Mode.ASYNC, journal, stored(journal));
    MiniCluster.Node worker = next.worker();
    Reference first = driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 1);
    driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 2);
    putLarge(driver, 7);
    assertThat(answer(driver, next, first))
        .isInstanceOfSatisfying(
            Outcome.Stored.class,
            stored -> assertThat(stored.holders()).containsExactly(driver.id));
    assertThat(worker.runs).isEmpty();
    // The bytes that were put once more are not needed; what is on the disk takes no room.
    assertThat(driver.deleted).extracting(CopyName::writer).containsExactly(driver.id);
    assertThat(driver.view().storedBytes()).isZero();
    assertThat(driver.view().copies()).hasSize(3);
    worker.on(new Event.Get(5, first));
    assertThat(worker.got.get(5L)).isInstanceOf(Outcome.Stored.class);
    assertThat(driver.reports)
        .extracting(Effects.Report::kind)
        .doesNotContain(
            Effects.Report.Kind.PROTOCOL_VIOLATION,
            Effects.Report.Kind.MAIN_DIFFERS,
            Effects.Report.Kind.REEXECUTED);
  }

  @Test
  void ofStoredValuesOnlyThoseThatAreGoneAreMadeAgain() {
    TestJournal journal = killedWithStored();
    List<StoredObject> here = new ArrayList<>(stored(journal));
    here.removeIf(object -> object.reference().object().equals(FIRST.call(0, 1).result(0)));
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = resumed(next, Mode.ASYNC, journal, here);
    MiniCluster.Node worker = next.worker();
    driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 1);
    Reference second = driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 2);
    assertThat(answer(driver, next, second)).isNull();
    assertThat(worker.runs)
        .singleElement()
        .satisfies(run -> assertThat(run.spec().function().bytes()[0]).isEqualTo((byte) 2));
    worker.returnsStored(worker.nextRun(), LARGE);
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Stored.class);
  }

  @Test
  void aPutThatIsGoneIsPutAgain() {
    TestJournal journal = killedWithStored();
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = resumed(next, Mode.ASYNC, journal);
    Reference put = putLarge(driver, 7);
    assertThat(answer(driver, next, put)).isInstanceOf(Outcome.Stored.class);
    assertThat(driver.deleted).isEmpty();
    assertThat(driver.view().storedBytes()).isEqualTo(LARGE);
  }

  @Test
  void aPutOfAnotherValueThanTheOneOnTheDiskIsTold() {
    TestJournal journal = killedWithStored();
    MiniCluster next = new MiniCluster();
    MiniCluster.Node driver = resumed(next, Mode.ASYNC, journal, stored(journal));
    putLarge(driver, 8);
    assertThat(driver.reports)
        .extracting(Effects.Report::kind)
        .contains(Effects.Report.Kind.MAIN_DIFFERS);
  }

  @Test
  void aJobWithStoredValuesIsResumedAgainAndAgain() {
    TestJournal journal = killedWithStored();
    for (int round = 0; round < 3; round++) {
      MiniCluster next = new MiniCluster();
      next.skipIds(10 * round);
      MiniCluster.Node driver = resumed(next, Mode.ASYNC, journal, stored(journal));
      MiniCluster.Node worker = next.worker();
      journal = next.journalOf(driver);
      Reference first = driver.submitAs(FIRST, JOB, TaskSpec.Terms.DEFAULT, (byte) 1);
      for (int i = 0; i < 40; i++) {
        next.pass(2 * MS);
      }
      assertThat(answer(driver, next, first)).isInstanceOf(Outcome.Stored.class);
      assertThat(worker.runs).isEmpty();
      assertThat(stored(journal)).hasSize(3);
    }
  }
}
