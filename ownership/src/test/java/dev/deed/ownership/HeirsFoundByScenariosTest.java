package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Defects that the acceptance scenarios have found, played with owners that die at every moment,
/// each as the story of its cause.
final class HeirsFoundByScenariosTest {
  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final MiniCluster cluster = new MiniCluster();

  private static TaskSpec.Terms at(MiniCluster.Node node) {
    return new TaskSpec.Terms(Demand.ONE_CPU, 3, List.of(), 0, new Placement.OnWorker(node.id));
  }

  private void replicate() {
    for (int i = 0; i < 6; i++) {
      cluster.pass(2 * MS);
    }
  }

  private void quiet() {
    for (int i = 0; i < 5; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  private MiniCluster.Node node(WorkerId id) {
    return Invariants.present(cluster.nodes.get(id), "node " + id);
  }

  /// A job whose first driver is dead: its estate is served by a worker, and main runs at the next.
  private final class ResumedJob {
    final EstateId home;
    final MiniCluster.Node driver;

    ResumedJob() {
      cluster.heirs = HeirsConfig.defaults(Mode.ASYNC, 1);
      MiniCluster.Node before = cluster.driver();
      home = new EstateId(before.id);
      for (int i = 0; i < 4; i++) {
        cluster.worker();
      }
      TaskId main = TaskId.root(before.id.high(), 0);
      cluster.entry(new Entry.JobBegun("sums", before.id, main));
      replicate();
      cluster.kill(before);
      cluster.heirs = HeirsConfig.NONE;
      driver = cluster.driver();
      driver.main(main, home);
      cluster.entry(new Entry.JobResumed("sums", driver.id));
      quiet();
    }

    MiniCluster.Node server() {
      return node(driver.view().log().server(home).orElseThrow());
    }

    MiniCluster.Node heir() {
      assertThat(driver.view().log().heirs(home)).singleElement().matches(Entry.Heir::full);
      return node(driver.view().log().heirs(home).getFirst().worker());
    }

    /// Main lends a value, of which a task keeps a handle, and lets it go.
    long lend(Reference value, MiniCluster.Node holder) {
      driver.submit(at(holder), List.of(value));
      MiniCluster.Run run = holder.nextRun();
      long handle = holder.take(value);
      holder.returns(run, List.of());
      driver.dropAll();
      quiet();
      return handle;
    }

    /// A worker that neither serves the estate nor will.
    MiniCluster.Node other() {
      return cluster.nodes.values().stream()
          .filter(node -> node.alive && node != driver && node != server() && node != heir())
          .findFirst()
          .orElseThrow();
    }

    void end() {
      driver.dropAll();
      quiet();
      cluster.entry(new Entry.JobEnded("sums", home, driver.id));
      quiet();
      cluster.expectNothingLeft();
    }
  }

  /// Main puts a value, lends it and lets it go. The next server of the job's estate took it for
  /// one that main had not put yet, and kept it for that until the job's end.
  @Test
  void aNewServerDoesNotKeepForMainWhatMainHasLetGo() {
    ResumedJob job = new ResumedJob();
    MiniCluster.Node holder = job.other();
    Reference x = job.driver.put(List.of());
    final long handle = job.lend(x, holder);
    cluster.kill(job.server());
    quiet();
    assertThat(job.server().object(x).holders()).containsOnlyKeys(holder.id);
    holder.drop(x, handle);
    quiet();
    assertThat(job.server().view().object(x)).isNull();
    job.end();
  }

  /// The same, when main begins once more: it will put the value again.
  @Test
  void whatMainHasLetGoIsKeptForItWhenItsDriverDies() {
    ResumedJob job = new ResumedJob();
    MiniCluster.Node holder = job.other();
    Reference x = job.driver.put(List.of());
    final long handle = job.lend(x, holder);
    cluster.kill(job.driver);
    quiet();
    MiniCluster.Node server = node(holder.view().log().server(job.home).orElseThrow());
    cluster.kill(server);
    quiet();
    holder.drop(x, handle);
    quiet();
    MiniCluster.Node next = node(holder.view().log().server(job.home).orElseThrow());
    assertThat(next.view().object(x)).isNotNull();
  }

  /// An execution of which no heir knew was cancelled, and its call made again meanwhile, as the
  /// same attempt: the end of the one was taken for that of the other.
  @Test
  void theEndOfAnExecutionThatNoHeirKnewOfIsNotThatOfTheCallMadeAgain() {
    ResumedJob job = new ResumedJob();
    MiniCluster.Node executor = job.other();
    cluster.heirsCutOff = true;
    Reference r = job.driver.submit(at(executor), List.of());
    MiniCluster.Run unknown = executor.nextRun();
    cluster.kill(job.server());
    cluster.heirsCutOff = false;
    assertThat(executor.cancelled).containsExactly(unknown.execution());
    executor.on(new Event.Finished(unknown.execution(), new TaskOutcome.Cancelled(), 1));
    quiet();
    job.driver.on(new Event.Get(1, r));
    assertThat(job.driver.got).isEmpty();
    executor.returns(executor.nextRun(), List.of());
    assertThat(job.driver.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    job.driver.on(new Event.ReadDone(1));
    job.end();
  }

  /// The creator of an estate and its heir had each given the same worker a message of the same
  /// number with the same reference. The one had never left; when it was taken back, so was the
  /// other. Which numbers these are depends on how many the heir has given before.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aMessageIsHeldAlsoWhenAnotherOfItsNumberIsTakenBack(int before) {
    cluster.heirs = HeirsConfig.defaults(Mode.ASYNC, 1);
    MiniCluster.Node owner = cluster.worker();
    MiniCluster.Node second = cluster.worker();
    MiniCluster.Node third = cluster.worker();
    EstateId estate = new EstateId(owner.id);
    replicate();
    MiniCluster.Node heir = node(second.view().log().heirs(estate).getFirst().worker());
    MiniCluster.Node reader = heir == second ? third : second;
    Reference x = owner.put(List.of());
    owner.submit(at(heir), List.of(x));
    replicate();
    MiniCluster.Run run = heir.nextRun();
    final long handle = heir.take(x);
    Reference other = heir.put(List.of());
    for (int i = 0; i < before; i++) {
      heir.submit(at(reader), List.of(other));
      reader.returns(reader.nextRun(), List.of());
    }
    heir.submit(at(reader), List.of(x));
    heir.returns(run, List.of());
    MiniCluster.Run reading = reader.nextRun();
    final long taken = reader.take(x);
    cluster.holdBack(Message.TaskPush.class);
    TaskSpec.Terms anytime =
        new TaskSpec.Terms(Demand.NONE, 3, List.of(), 0, new Placement.OnWorker(reader.id));
    Reference late = owner.submit(anytime, List.of(x));
    replicate();
    cluster.deliverNothingHeldBack();
    cluster.kill(owner);
    quiet();
    // It was begun anew, and cancelled, since nobody is left who wants it.
    MiniCluster.Run again = reader.nextRun();
    assertThat(again.spec().id()).isEqualTo(late.object().task());
    assertThat(reader.cancelled).containsExactly(again.execution());
    reader.on(new Event.Finished(again.execution(), new TaskOutcome.Cancelled(), 1));
    heir.drop(x, handle);
    quiet();
    assertThat(heir.object(x).causes())
        .filteredOn(Cause.Sent.class::isInstance)
        .singleElement()
        .matches(sent -> ((Cause.Sent) sent).to().equals(reader.id));
    reader.on(new Event.Get(1, x));
    assertThat(reader.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    reader.on(new Event.ReadDone(1));
    reader.drop(x, taken);
    reader.returns(reading, List.of());
    heir.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  /// In `SYNC` an acknowledgement waited for changes of an inherited estate, which was closed
  /// before they were cut. An answer came behind it, for which an earlier batch was enough, and so
  /// nobody seemed to wait for the open one: both waited until something else changed.
  @Test
  void whatIsBehindSomethingThatWaitsForTheOpenBatchDoesNotHideIt() {
    cluster.heirs = HeirsConfig.defaults(Mode.SYNC, 1);
    MiniCluster.Node owner = cluster.worker();
    MiniCluster.Node second = cluster.worker();
    MiniCluster.Node third = cluster.worker();
    EstateId estate = new EstateId(owner.id);
    replicate();
    MiniCluster.Node heir = node(second.view().log().heirs(estate).getFirst().worker());
    MiniCluster.Node holder = heir == second ? third : second;
    Reference x = owner.put(List.of());
    owner.submit(at(holder), List.of(x));
    replicate();
    final long handle = holder.take(x);
    holder.returns(holder.nextRun(), List.of());
    quiet();
    cluster.kill(owner);
    quiet();
    assertThat(heir.view().object(x)).isNotNull();

    cluster.heirsCutOff = true;
    Reference y = heir.put(List.of());
    holder.drop(x, handle);
    cluster.pass(SECOND);
    assertThat(heir.view().log().closed(estate)).isTrue();
    heir.on(new Event.Get(1, y));
    assertThat(heir.got).isEmpty();
    cluster.heirsCutOff = false;
    quiet();
    assertThat(heir.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    heir.on(new Event.ReadDone(1));
    heir.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }
}
