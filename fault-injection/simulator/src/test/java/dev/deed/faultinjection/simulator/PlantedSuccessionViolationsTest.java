package dev.deed.faultinjection.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.Demand;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Hold;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// The checkers of estates that have heirs find what they are there for: each test breaks one
/// promise on purpose.
final class PlantedSuccessionViolationsTest {
  private final Story story = cluster(HeirsConfig.Mode.ASYNC);
  private final World world = story.world;

  private static Story cluster(HeirsConfig.Mode mode) {
    HeirsConfig heirs = HeirsConfig.defaults(mode, 1);
    return Story.cluster(1, Plan.Settings.DEFAULT.withHeirs(heirs, 0), 1, 1, 1);
  }

  private static void assertBroken(String invariant, ThrowingCallable planted) {
    assertThatThrownBy(planted)
        .isInstanceOfSatisfying(
            ViolationException.class,
            violation -> assertThat(violation.invariant()).isEqualTo(invariant));
  }

  /// A puts a value that the driver has a reference to, and tells its heir.
  private Reference putAtA() {
    int maker = story.script("make", Story.puts("x", 16), Story.returns(16, "x"));
    story.submit("made", maker, story.on(story.a()));
    story.reads("made", "X");
    story.drop("made");
    story.soon();
    return story.reference("X");
  }

  private Node heirOf(Node server) {
    Entry.Heir heir = world.log.truth().heirs(server.estate).getFirst();
    assertThat(heir.full()).isTrue();
    return world.node(heir.worker());
  }

  /// A worker that is not A and no heir of it.
  private Node other() {
    return heirOf(story.a()) == story.b() ? story.c() : story.b();
  }

  private Node inheritFromA() {
    Node heir = heirOf(story.a());
    story.kill(story.a());
    story.soon();
    assertThat(CoreState.of(heir).serves(story.a().estate)).isTrue();
    return heir;
  }

  private static Event.EntryFollowed deathOf(Node node) {
    return new Event.EntryFollowed(0, new Entry.Death(node.id, true, "planted"));
  }

  private static TaskSpec spec(int retries, Reference... captured) {
    return new TaskSpec(
        TaskId.root(9, 9).call(0, 1),
        0,
        TaskId.root(9, 9),
        Script.function(0),
        List.of(captured),
        List.of(),
        1,
        new TaskSpec.Terms(Demand.ONE_CPU, retries, List.of(), 0, new Placement.Anywhere()),
        TaskSpec.Origin.UNKNOWN);
  }

  @Test
  void aSuccessorThatLacksWhatAnHeirHad() {
    putAtA();
    Node other = other();
    world.successions.applying(heirOf(story.a()), deathOf(story.a()));
    assertBroken("7 succession", () -> world.checks.inherited(other, story.a().estate));
  }

  @Test
  void aSuccessorThatIsNoHeir() {
    putAtA();
    assertBroken("7 succession", () -> world.checks.inherited(other(), story.a().estate));
  }

  @Test
  void aHandleOfAMovedEstateWithoutARecord() {
    putAtA();
    Node other = other();
    inheritFromA();
    other.newHandle(new Reference(TaskId.root(7, 7).result(0), story.a().estate));
    assertBroken("3 early free", world.checks::survey);
  }

  @Test
  void aHandleOfAnEstateThatWasGivenUp() {
    story.soon();
    Node other = other();
    story.kill(story.a());
    story.soon();
    assertThat(world.log.truth().closed(story.a().estate)).isTrue();
    other.newHandle(new Reference(TaskId.root(7, 7).result(0), story.a().estate));
    assertBroken("3 early free", world.checks::survey);
  }

  @Test
  void anOwnerCalledDeadWhoseEstateIsServed() {
    Reference x = putAtA();
    inheritFromA();
    Outcome failed = new Outcome.Failed(Failure.of(Failure.Kind.OWNER_DIED, "planted"));
    assertBroken("5 true error", () -> world.checks.got(story.driver(), 1, x, failed));
  }

  @Test
  void aTaskCalledCancelledWhoseOwnersEstateIsServed() {
    int maker = story.script("make", Story.returns(16));
    int caller =
        story.script("call", story.calls("r", maker, Story.anywhere()), Story.returns(16, "r"));
    story.submit("made", caller, story.on(story.a()));
    story.reads("made", "R");
    story.drop("made");
    Reference r = story.reference("R");
    story.soon();
    inheritFromA();
    Outcome failed = new Outcome.Failed(Failure.of(Failure.Kind.TASK_CANCELLED, "planted"));
    assertBroken("5 true error", () -> world.checks.got(story.driver(), 1, r, failed));
  }

  @Test
  void twoServersInOneEpoch() {
    EpochCheck check = new EpochCheck(world);
    check.acts(story.a(), story.a().estate, 1);
    assertBroken("2 one server", () -> check.acts(story.b(), story.a().estate, 1));
  }

  @Test
  void aMessageOfAFormerServerThatIsApplied() {
    EpochCheck check = new EpochCheck(world);
    check.acts(story.a(), story.a().estate, 1);
    check.acts(story.b(), story.a().estate, 2);
    Event late = new Event.Arrived(story.a().id, 0, new Message.EstateAck(story.a().estate, 1));
    assertBroken("2 one server", () -> check.applying(story.c(), late));
  }

  @Test
  void anImageThatIsNotWhatTheServerHad() {
    world.heirLinks.forge(PlantedSuccessionViolationsTest::withoutRecords);
    assertBroken(
        "3 image",
        () -> {
          for (int i = 0; i < 20; i++) {
            putAtA();
          }
        });
  }

  private static HeirMessage withoutRecords(HeirMessage message) {
    return message instanceof HeirMessage.Part p
        ? new HeirMessage.Part(
            p.estate(),
            p.epoch(),
            p.feed(),
            p.sequence(),
            p.batch(),
            p.stable(),
            p.complete(),
            new byte[0])
        : message;
  }

  @Test
  void anHeirThatNeverBecomesFull() {
    Story lonely = cluster(HeirsConfig.Mode.ASYNC);
    lonely.world.heirLinks.forge(
        message -> new HeirMessage.Received(message.estate(), message.epoch(), 4711, 0, false));
    assertBroken("4 heirs", lonely::end);
  }

  @Test
  void anHeirThatLeavesWithoutReplacement() {
    putAtA();
    long seen = world.log.truth().heirsVersion(story.a().estate);
    Entry next = new Entry.Heirs(story.a().estate, 1, seen, List.of());
    assertBroken("3 heir list", () -> world.log.commit(next));
  }

  // --- what waits for the heirs -----------------------------------------------------------------

  private void assertEarly(Node server, Message message) {
    GateCheck check = new GateCheck(world);
    assertBroken("3 gate", () -> check.sent(server, other(), message));
  }

  @Test
  void anAcknowledgementBeforeTheHeirsKnow() {
    putAtA();
    assertEarly(story.a(), new Message.EstateAck(story.a().estate, 4711));
  }

  @Test
  void aFreeBeforeTheHeirsKnow() {
    int maker = story.script("make", Story.puts("x", Story.MIB), Story.returns(16, "x"));
    story.submit("made", maker, story.on(story.a()));
    story.reads("made", "X");
    story.soon();
    CopyName copy = story.a().store.copies().keySet().iterator().next();
    GateCheck check = new GateCheck(world);
    assertBroken("3 gate", () -> check.sent(story.a(), story.a(), new Message.FreeCopy(copy)));
  }

  @Test
  void anUnregistrationBeforeTheHeirsKnow() {
    Reference x = story.put("X", 16);
    int keeper =
        story.script(
            "keep", Story.puts("x", 16, "c0"), Story.keep("x", "field"), Story.returns(16));
    story.submit("kept", keeper, story.on(story.a()).captured("X"));
    story.await("kept");
    story.soon();
    Message taken =
        new Message.ToEstate(
            x.estate(), 4711, new EstateMessage.Registration(x.object(), Hold.NONE));
    GateCheck check = new GateCheck(world);
    check.sent(story.a(), story.driver(), taken);
    world.heirLinks.cut(story.a(), heirOf(story.a()), Long.MAX_VALUE);
    int forget = story.script("forget", Story.dropKept("field"));
    story.submit("forgotten", forget, story.on(story.a()));
    story.await("forgotten");
    assertBroken("3 gate", () -> check.sent(story.a(), story.driver(), taken));
  }

  @Test
  void aPushOfATaskWithoutRetriesBeforeTheHeirsKnow() {
    putAtA();
    Node a = story.a();
    assertEarly(a, new Message.TaskPush(0, 1, a.estate, 1, spec(0), a.estate));
  }

  @Test
  void aReferenceThatLeavesBeforeTheHeirsKnowInSync() {
    Story sync = cluster(HeirsConfig.Mode.SYNC);
    sync.soon();
    Node a = sync.a();
    Node heir = sync.world.node(sync.world.log.truth().heirs(a.estate).getFirst().worker());
    sync.world.heirLinks.cut(a, heir, Long.MAX_VALUE);
    Reference x = new Reference(TaskId.root(7, 7).put(0, 0).result(0), a.estate);
    Outcome value = new Outcome.Inline(Values.inline(1, 16, List.of()));
    a.publish(
        new Event.Put(
            x.object(), TaskId.root(7, 7), value, 4711, TaskSpec.Origin.UNKNOWN, a.estate, 1));
    GateCheck check = new GateCheck(sync.world);
    Message push = new Message.TaskPush(1, 1, a.estate, 1, spec(3, x), a.estate);
    assertBroken("3 gate", () -> check.sent(a, sync.b() == heir ? sync.c() : sync.b(), push));
  }
}
