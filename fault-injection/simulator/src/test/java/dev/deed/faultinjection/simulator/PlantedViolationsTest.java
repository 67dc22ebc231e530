package dev.deed.faultinjection.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import dev.deed.ownership.Outcome;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every checker finds what it is there for: each test breaks one invariant on purpose.
final class PlantedViolationsTest {
  private final Story story = Story.cluster(1, Plan.Settings.DEFAULT, 1, 1);
  private final World world = story.world;
  private final Node driver = story.driver();
  private final Node a = story.a();
  private final Node b = story.b();

  private static void assertBroken(String invariant, ThrowingCallable planted) {
    assertThatThrownBy(planted)
        .isInstanceOfSatisfying(
            ViolationException.class,
            violation -> assertThat(violation.invariant()).isEqualTo(invariant));
  }

  private TaskSpec spec(int retries) {
    int script = story.script("f");
    return new TaskSpec(
        TaskId.root(9, 9).call(0, scripts++),
        0,
        TaskId.root(9, 9),
        Script.function(script),
        List.of(),
        List.of(),
        1,
        new TaskSpec.Terms(Demand.ONE_CPU, retries, List.of(), 0, new Placement.Anywhere()),
        TaskSpec.Origin.UNKNOWN);
  }

  private int scripts;

  private Reference submitted(TaskSpec spec) {
    world.ledger.submitted(spec, driver.estate, world.plan.scripts().getLast());
    return new Reference(spec.result(0), driver.estate);
  }

  @Test
  void aPushBeforeItsRecord() {
    Message push = new Message.TaskPush(0, 1, driver.estate, 1, spec(0), driver.estate);
    assertBroken("1 push", () -> world.checks.sent(driver, a, push));
  }

  @Test
  void aHandleWhoseRecordIsGone() {
    a.newHandle(new Reference(TaskId.root(7, 7).result(0), driver.estate));
    assertBroken("3 early free", world.checks::survey);
  }

  @Test
  void aHandleWhoseHolderIsForgottenByARelease() {
    int keeper = story.script("keeper", Story.keep("c0", "field"));
    story.put("X", 16);
    world.links.forge(PlantedViolationsTest::forgetWhatIsKept);
    assertThatThrownBy(
            () -> {
              story.submit("done", keeper, story.on(a).captured("X"));
              story.reads("done");
              story.drop("X");
              story.soon();
              world.checks.survey();
            })
        .isInstanceOfSatisfying(
            ViolationException.class,
            violation -> assertThat(violation.invariant()).isIn("3 early free", "12 holders"));
  }

  private static Message forgetWhatIsKept(Message message) {
    return message instanceof Message.ToEstate(EstateId estate, long number, EstateMessage inner)
        ? new Message.ToEstate(estate, number, forgetWhatIsKept(inner))
        : message;
  }

  private static EstateMessage forgetWhatIsKept(EstateMessage message) {
    return switch (message) {
      case EstateMessage.ReleaseKeeping(long number, _) ->
          new EstateMessage.ReleaseKeeping(number, List.of());
      case EstateMessage.TaskReply r ->
          new EstateMessage.TaskReply(
              r.number(),
              r.task(),
              r.attempt(),
              r.outcome(),
              r.released(),
              List.of(),
              r.durationNs());
      default -> message;
    };
  }

  @Test
  void aHolderThatNobodyKnows() {
    Reference x = story.put("X", 16);
    long handle = a.newHandle(x);
    a.publish(new Event.HandlesAdded(List.of(x), new long[] {handle}));
    assertBroken("12 holders", world.checks::survey);
  }

  @Test
  void aCopyThatGoesWhileItIsRead() {
    Reference x = story.put("X", Story.MIB);
    CopyName copy = driver.store.copies().keySet().iterator().next();
    driver.store.opened(copy);
    assertBroken("3 early free", () -> driver.store.delete(copy));
    assertThat(story.copies(x)).isZero();
  }

  @Test
  void anObjectThatStays() {
    Reference x = story.put("X", 16);
    driver.publish(new Event.HandlesAdded(List.of(x), new long[] {4711}));
    story.drop("X");
    assertBroken("4 leak", story::end);
  }

  @Test
  void aCopyThatStays() {
    StoredValue value = new StoredValue(0, a.id, Story.MIB, 1, List.of());
    a.store.write(new Reference(TaskId.root(5, 5).result(0), a.estate), value);
    assertBroken("4 leak", story::end);
  }

  @Test
  void aGetWithoutAnAnswer() {
    int gate = story.script("gate", Story.pass("never"));
    story.submit("X", gate, Story.anywhere());
    assertBroken("5 bound", story::end);
  }

  @Test
  void aWaitThatEndsTooEarly() {
    Step.Await step = new Step.Await(List.of("X"), 1, 0);
    Reference x = story.put("X", 16);
    assertBroken("5 wait", () -> world.checks.awaited(driver, List.of(x), step, new int[0]));
  }

  @Test
  void aValueThatNobodyMade() {
    Reference x = story.put("X", 16);
    assertBroken("5 right value", () -> world.checks.read(driver, x, 12345, List.of()));
  }

  @Test
  void twoReadersThatSeeDifferentValues() {
    Reference x = story.put("X", 16);
    Reference other = story.put("Y", 16);
    long digest = Values.digest(x.object());
    world.checks.read(driver, x, digest, List.of());
    assertBroken("6 agreement", () -> world.checks.read(driver, x, digest, List.of(other)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Failure.Kind.class,
      names = {"OUT_OF_STORAGE"},
      mode = EnumSource.Mode.EXCLUDE)
  void anErrorThatIsNotTrue(Failure.Kind kind) {
    Reference x = submitted(spec(3));
    Outcome failed = new Outcome.Failed(Failure.of(kind, "planted"));
    assertBroken("5 true error", () -> world.checks.got(driver, 1, x, failed));
  }

  @ParameterizedTest
  @EnumSource(
      value = Failure.Kind.class,
      names = {"LOST_NO_LINEAGE", "LOST_LINEAGE_EVICTED", "LOST_RETRIES_EXHAUSTED", "WORKER_LOST"})
  void anObjectCalledLostThatMayBeMadeAgain(Failure.Kind kind) {
    Reference x = submitted(spec(3));
    world.log.commit(new Entry.Death(b.id, true, "planted"));
    Outcome failed = new Outcome.Failed(Failure.of(kind, "planted"));
    assertBroken("5 true error", () -> world.checks.got(driver, 1, x, failed));
  }

  @Test
  void aValueCalledLostOfWhichThereIsACopy() {
    int maker = story.script("make", Story.returns(Story.MIB));
    Reference x = story.submit("X", maker, story.on(a).retries(0));
    story.await("X");
    world.log.commit(new Entry.Death(b.id, true, "planted"));
    Outcome failed = new Outcome.Failed(Failure.of(Failure.Kind.LOST_NO_LINEAGE, "planted"));
    assertBroken("7 loss", () -> world.checks.got(driver, 1, x, failed));
  }

  @Test
  void aCopyThatComesAfterItsValueWasCalledLost() {
    int maker = story.script("make", Story.returns(Story.MIB));
    story.submit("X", maker, story.on(a).retries(0));
    story.await("X");
    CopyName copy = a.store.copies().keySet().iterator().next();
    story.kill(a);
    assertThat(story.fails("X").kind()).isEqualTo(Failure.Kind.LOST_NO_LINEAGE);
    assertBroken("7 loss", () -> world.checks.stored(b, copy));
  }

  private Executor.Job job(long execution, TaskSpec spec, int attempt) {
    return new Executor.Job(execution, spec, attempt, driver.estate, driver.estate);
  }

  @Test
  void aTaskThatRunsTwiceForNoLoss() {
    TaskSpec spec = spec(3);
    submitted(spec);
    Executor.Job job = job(1, spec, 1);
    world.checks.started(a, job);
    assertBroken("8 executions", () -> world.checks.started(b, job));
  }

  @Test
  void aTaskThatRunsMoreOftenThanItMay() {
    TaskSpec spec = spec(0);
    submitted(spec);
    world.checks.started(a, job(1, spec, 1));
    world.log.commit(new Entry.Death(a.id, true, "planted"));
    Executor.Job again = job(1, spec, 2);
    assertBroken("8 executions", () -> world.checks.started(b, again));
  }

  @Test
  void aTaskOnTheDriver() {
    TaskSpec spec = spec(0);
    submitted(spec);
    Executor.Job job = job(1, spec, 1);
    assertBroken("8 executions", () -> world.checks.started(driver, job));
  }

  @Test
  void lineageAboveItsBudget() {
    long budget = driver.config.lineageBudgetBytes();
    BudgetCheck.check(driver, budget, 0);
    assertBroken("10 lineage budget", () -> BudgetCheck.check(driver, budget + 1, 0));
  }

  @Test
  void aStoreAboveItsSize() {
    long size = driver.config.storeBytes();
    BudgetCheck.check(driver, 0, size);
    assertBroken("11 resources", () -> BudgetCheck.check(driver, 0, size + 1));
    assertBroken("11 resources", () -> BudgetCheck.check(driver, 0, -1));
    StoredValue value = new StoredValue(0, a.id, size + 1, 1, List.of());
    Reference x = new Reference(TaskId.root(5, 5).result(0), a.estate);
    assertBroken("11 resources", () -> a.store.write(x, value));
  }

  @Test
  void roomThatIsNotGivenBack() {
    driver.publish(new Event.ReserveReturned(-Story.MIB));
    assertBroken("11 resources", story::end);
  }
}
