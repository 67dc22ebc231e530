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
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A job's driver dies, and another one runs its main again.
final class ResumedJobStoriesTest {
  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final String NAME = "sums";
  private final MiniCluster cluster = new MiniCluster();
  private MiniCluster.Node before;
  private MiniCluster.Node first;
  private MiniCluster.Node second;
  private MiniCluster.Node third;
  private EstateId home;
  private TaskId main;

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

  /// A job begins at a driver, with three workers two of which are its heirs.
  @BeforeEach
  void begin() {
    cluster.heirs = HeirsConfig.defaults(HeirsConfig.Mode.ASYNC, 2);
    before = cluster.driver();
    first = cluster.worker();
    second = cluster.worker();
    third = cluster.worker();
    home = new EstateId(before.id);
    main = TaskId.root(before.id.high(), 0);
    cluster.entry(new Entry.JobBegun(NAME, before.id, main));
    replicate();
    assertThat(first.view().log().heirs(home)).hasSize(2).allMatch(Entry.Heir::full);
  }

  private MiniCluster.Node living() {
    return List.of(first, second, third).stream().filter(n -> n.alive).findFirst().orElseThrow();
  }

  private MiniCluster.Node node(WorkerId id) {
    return Invariants.present(cluster.nodes.get(id), "a worker");
  }

  private MiniCluster.Node server() {
    return node(living().view().log().server(home).orElseThrow());
  }

  /// A worker that is no heir of the job.
  private MiniCluster.Node other() {
    List<Entry.Heir> heirs = living().view().log().heirs(home);
    for (MiniCluster.Node node : List.of(first, second, third)) {
      if (heirs.stream().noneMatch(heir -> heir.worker().equals(node.id))) {
        return node;
      }
    }
    throw new AssertionError("all are heirs");
  }

  private MiniCluster.Node resume() {
    cluster.heirs = HeirsConfig.NONE;
    MiniCluster.Node driver = cluster.driver();
    driver.main(main, home);
    cluster.entry(new Entry.JobResumed(NAME, driver.id));
    return driver;
  }

  private Outcome got(MiniCluster.Node driver, Reference reference) {
    driver.on(new Event.Get(77, reference));
    Outcome outcome = Invariants.present(driver.got.remove(77L), "an answer");
    driver.on(new Event.ReadDone(77));
    return outcome;
  }

  private void end(MiniCluster.Node driver) {
    driver.dropAll();
    quiet();
    cluster.entry(new Entry.JobEnded(NAME, home, driver.id));
    quiet();
    assertThat(driver.view().log().closed(home)).isTrue();
    cluster.expectNothingLeft();
  }

  @Test
  void aCallThatHasEndedIsNotExecutedAgain() {
    Reference sum = before.submit(at(other()), List.of());
    other().returns(other().nextRun(), List.of());
    replicate();
    MiniCluster.Node other = other();
    cluster.kill(before);
    MiniCluster.Node driver = resume();
    Reference again = driver.submit(at(other), List.of());
    assertThat(again).isEqualTo(sum);
    assertThat(got(driver, again)).isInstanceOf(Outcome.Inline.class);
    assertThat(other.runs).isEmpty();
    end(driver);
  }

  @Test
  void aCallThatRunsIsJoined() {
    MiniCluster.Node other = other();
    before.submit(at(other), List.of());
    MiniCluster.Run run = other.nextRun();
    replicate();
    cluster.kill(before);
    quiet();
    assertThat(other.cancelled).isEmpty();
    MiniCluster.Node driver = resume();
    Reference again = driver.submit(at(other), List.of());
    driver.on(new Event.Get(1, again));
    assertThat(driver.got).isEmpty();
    other.returns(run, List.of());
    assertThat(driver.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    assertThat(other.runs).isEmpty();
    end(driver);
  }

  @Test
  void whatTheFirstRunHadNotCalledIsCalled() {
    cluster.kill(before);
    MiniCluster.Node driver = resume();
    MiniCluster.Node worker = third.equals(server()) ? second : third;
    Reference value = driver.put(List.of());
    Reference sum = driver.submit(at(worker), List.of(), value);
    MiniCluster.Run run = worker.nextRun();
    assertThat(run.estate()).isEqualTo(home);
    worker.returns(run, List.of(value));
    assertThat(got(driver, sum)).isInstanceOf(Outcome.Inline.class);
    assertThat(got(driver, value)).isInstanceOf(Outcome.Inline.class);
    end(driver);
  }

  @Test
  void whatWasPutIsNotPutTwice() {
    before.put(List.of());
    replicate();
    cluster.kill(before);
    MiniCluster.Node driver = resume();
    Reference value = driver.put(List.of());
    assertThat(got(driver, value)).isInstanceOf(Outcome.Inline.class);
    assertThat(driver.reports).isEmpty();
    end(driver);
  }

  @Test
  void aLargeValueIsPutAnewWhenItsDriverHasTakenItAway() {
    before.putStored(2 << 20);
    replicate();
    cluster.kill(before);
    MiniCluster.Node driver = resume();
    Reference value = driver.putStored(2 << 20);
    assertThat(got(driver, value)).isInstanceOf(Outcome.Stored.class);
    MiniCluster.Node worker = third.equals(server()) ? second : third;
    Reference sum = driver.submit(at(worker), List.of(), value);
    worker.returns(worker.nextRun(), List.of());
    assertThat(got(driver, sum)).isInstanceOf(Outcome.Inline.class);
    end(driver);
  }

  @Test
  void anotherCallInTheSamePlaceIsToldToMain() {
    MiniCluster.Node other = other();
    before.submit(at(other), List.of());
    other.returns(other.nextRun(), List.of());
    replicate();
    cluster.kill(before);
    MiniCluster.Node driver = resume();
    Reference value = driver.put(List.of());
    driver.rewindCalls();
    driver.submit(at(other), List.of(value));
    assertThat(driver.reports)
        .extracting(Effects.Report::kind)
        .containsExactly(Effects.Report.Kind.MAIN_DIFFERS);
    assertThat(other.runs).isEmpty();
    driver.reports.clear();
    end(driver);
  }

  @Test
  void callsOnTheirWayReachTheSuccessorOfTheServer() {
    MiniCluster.Node other = other();
    cluster.kill(before);
    replicate();
    MiniCluster.Node server = server();
    MiniCluster.Node driver = resume();
    cluster.holdBack(Message.EstateMessage.Call.class);
    Reference value = driver.put(List.of());
    Reference sum = driver.submit(at(other), List.of(), value);
    cluster.kill(server);
    cluster.deliverHeldBack();
    replicate();
    MiniCluster.Run run = other.nextRun();
    other.returns(run, List.of());
    assertThat(got(driver, sum)).isInstanceOf(Outcome.Inline.class);
    assertThat(other.runs).isEmpty();
    end(driver);
  }

  @Test
  void callsThatTheServerHadAppliedAreNotMadeTwiceByItsSuccessor() {
    MiniCluster.Node other = other();
    cluster.kill(before);
    replicate();
    MiniCluster.Node server = server();
    MiniCluster.Node driver = resume();
    cluster.holdBack(Message.EstateAck.class);
    Reference value = driver.put(List.of());
    Reference sum = driver.submit(at(other), List.of(value));
    MiniCluster.Run run = other.nextRun();
    replicate();
    cluster.deliverNothingHeldBack();
    cluster.kill(server);
    replicate();
    other.returns(run, List.of());
    assertThat(got(driver, sum)).isInstanceOf(Outcome.Inline.class);
    assertThat(other.runs).isEmpty();
    end(driver);
  }

  @Test
  void theNextDriverMayDieTooAndWhatItCalledIsKept() {
    MiniCluster.Node other = other();
    before.submit(at(other), List.of());
    other.returns(other.nextRun(), List.of());
    replicate();
    cluster.kill(before);
    MiniCluster.Node driver = resume();
    driver.submit(at(other), List.of());
    driver.submit(at(other), List.of());
    MiniCluster.Run run = other.nextRun();
    replicate();
    cluster.kill(driver);
    quiet();
    assertThat(other.cancelled).isEmpty();
    other.returns(run, List.of());
    quiet();
    MiniCluster.Node last = resume();
    Reference one = last.submit(at(other), List.of());
    Reference two = last.submit(at(other), List.of());
    assertThat(got(last, one)).isInstanceOf(Outcome.Inline.class);
    assertThat(got(last, two)).isInstanceOf(Outcome.Inline.class);
    assertThat(other.runs).isEmpty();
    end(last);
  }

  @Test
  void theServerDiesWhileNoDriverIsThere() {
    MiniCluster.Node other = other();
    before.submit(at(other), List.of());
    other.returns(other.nextRun(), List.of());
    replicate();
    cluster.kill(before);
    replicate();
    cluster.kill(server());
    quiet();
    MiniCluster.Node driver = resume();
    Reference again = driver.submit(at(other), List.of());
    assertThat(got(driver, again)).isInstanceOf(Outcome.Inline.class);
    assertThat(other.runs).isEmpty();
    end(driver);
  }

  @Test
  void anEndedJobIsGivenUp() {
    MiniCluster.Node other = other();
    before.submit(at(other), List.of());
    MiniCluster.Run run = other.nextRun();
    replicate();
    cluster.kill(before);
    quiet();
    assertThat(other.cancelled).isEmpty();
    cluster.entry(new Entry.JobEnded(NAME, home, other.id));
    cluster.deliver();
    assertThat(other.cancelled).containsExactly(run.execution());
    other.on(new Event.Finished(run.execution(), new TaskOutcome.Cancelled(), 1));
    quiet();
    assertThat(first.view().log().closed(home)).isTrue();
    cluster.expectNothingLeft();
  }

  @Test
  void whatTheDriverOfAnEndedJobHadCalledIsCancelledWithIt() {
    MiniCluster.Node other = other();
    cluster.kill(before);
    MiniCluster.Node driver = resume();
    driver.submit(at(other), List.of());
    MiniCluster.Run run = other.nextRun();
    replicate();
    cluster.entry(new Entry.JobEnded(NAME, home, driver.id));
    cluster.kill(driver);
    quiet();
    assertThat(other.cancelled).containsExactly(run.execution());
    other.on(new Event.Finished(run.execution(), new TaskOutcome.Cancelled(), 1));
    quiet();
    assertThat(first.view().log().closed(home)).isTrue();
    cluster.expectNothingLeft();
  }

  /// The death of the last driver was clear before the job was dropped, and only what it had not
  /// called again was cancelled then.
  @Test
  void whatALaterDriverCalledAgainIsCancelledWhenItsJobIsDropped() {
    MiniCluster.Node other = other();
    before.submit(at(other), List.of());
    replicate();
    cluster.kill(before);
    MiniCluster.Node driver = resume();
    driver.submit(at(other), List.of());
    quiet();
    cluster.kill(driver);
    quiet();
    assertThat(other.cancelled).isEmpty();
    MiniCluster.Run run = other.nextRun();
    cluster.entry(new Entry.JobEnded(NAME, home, first.id));
    quiet();
    assertThat(other.cancelled).containsExactly(run.execution());
    other.on(new Event.Finished(run.execution(), new TaskOutcome.Cancelled(), 1));
    quiet();
    cluster.expectNothingLeft();
  }

  @Test
  void whoeverIsWithoutHeirsIsTold() {
    Reference sum = before.submit(at(other()), List.of());
    cluster.kill(first);
    cluster.kill(second);
    cluster.kill(third);
    cluster.kill(before);
    cluster.heirs = HeirsConfig.NONE;
    MiniCluster.Node driver = cluster.driver();
    cluster.entry(new Entry.JobResumed(NAME, driver.id));
    assertThat(driver.view().log().job(NAME)).map(Job::driver).contains(before.id);
    assertThat(driver.view().log().closed(sum.estate())).isTrue();
  }
}
