package dev.deed.faultinjection.simulator;

import static dev.deed.faultinjection.simulator.Story.KIB;
import static dev.deed.faultinjection.simulator.Story.MIB;
import static dev.deed.faultinjection.simulator.Story.MS;
import static dev.deed.faultinjection.simulator.Story.SECOND;
import static dev.deed.faultinjection.simulator.Story.anywhere;
import static dev.deed.faultinjection.simulator.Story.dropKept;
import static dev.deed.faultinjection.simulator.Story.keep;
import static dev.deed.faultinjection.simulator.Story.pass;
import static dev.deed.faultinjection.simulator.Story.puts;
import static dev.deed.faultinjection.simulator.Story.read;
import static dev.deed.faultinjection.simulator.Story.returns;
import static dev.deed.faultinjection.simulator.Story.takeKept;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Reference;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Outcome;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The acceptance scenarios that are about an owner's death: RC-17, and what AC-08 says of tasks.
@ExtendWith(OwnerDeaths.class)
final class OwnerDeathSimulation {

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofMessagesAlone")
  void rc17TheOwnerDies(Variation variation) {
    Story story = variation.cluster(1, 1);
    int keeper = story.script("keeper", keep("c0", "field"));
    int reader = story.script("reader", takeKept("field", "x"), read("x"));
    Reference x = story.lent("x", story.a(), List.of(), puts("x", 20 * MIB));
    story.submit("kept", keeper, story.on(story.b()).captured("x"));
    story.reads("kept");
    story.kill(story.a());
    long killedNs = story.world.nowNs;
    Outcome outcome = story.get("x");
    if (outcome instanceof Outcome.Failed(Failure failure)) {
      assertThat(failure.kind()).isEqualTo(Failure.Kind.OWNER_DIED);
      assertThat(story.world.nowNs - killedNs).isLessThan(2 * SECOND);
    }
    story.runFor(10 * SECOND);
    assertThat(story.copies(x)).as("copies of a dead owner's object").isZero();
    story.submit("read", reader, story.on(story.b()));
    assertThat(story.fails("read").kind()).isEqualTo(Failure.Kind.TASK_FAILED);
    story.drop("x", "kept", "read");
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofDeaths")
  void rc17TheOwnerDiesAndAnHeirServes(Variation variation) {
    Story story = variation.cluster(1, 1);
    int keeper = story.script("keeper", keep("c0", "field"));
    int reader = story.script("reader", takeKept("field", "x"), read("x"));
    int dropper = story.script("dropper", dropKept("field"));
    Reference x = story.make("X", variation.source(), variation.size());
    story.submit("done", keeper, story.on(story.b()).captured("X"));
    story.reads("done");
    story.reads("X");
    story.submit("done", reader, story.on(story.b()));
    story.reads("done");
    story.drop("X");
    story.runFor(3 * SECOND);
    story.assertExists(x);
    story.submit("done", reader, story.on(story.b()));
    story.reads("done");
    story.submit("done", dropper, story.on(story.b()));
    story.reads("done");
    story.assertGoneSoon(x);
    assertThat(story.executions(x)).isLessThanOrEqualTo(1);
    story.drop("done");
    story.end();
  }

  /// The task waits for an argument when its owner dies: an heir begins it when the argument is
  /// there.
  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofDeaths")
  void ac08TheOwnerOfATaskThatWaitsDies(Variation variation) {
    Story story = variation.cluster(1, 1);
    int maker = story.script("maker", pass("gate"), returns(variation.size()));
    int waiting = story.script("waiting", returns(KIB));
    story.submit("unready", maker, story.on(story.a()));
    Reference k =
        story.lent(
            "k",
            story.b(),
            List.of("unready"),
            story.callsKept("x", waiting, story.on(story.b()).args("c0")));
    story.drop("unready");
    story.runFor(3 * SECOND);
    assertThat(story.executions(k)).isZero();
    story.open("gate");
    story.reads("k");
    assertThat(story.executions(k)).isEqualTo(1);
    story.drop("k");
    story.assertGoneSoon(k);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofMessagesAlone")
  void ac08WithoutHeirsATaskThatWaitsNeverBegins(Variation variation) {
    Story story = variation.cluster(1, 1, 1);
    int maker = story.script("maker", pass("gate"), returns(variation.size()));
    int waiting = story.script("waiting", returns(KIB));
    Reference unready = story.submit("unready", maker, story.on(story.a()));
    Reference k =
        story.lent(
            "k", story.c(), List.of("unready"), story.calls("x", waiting, anywhere().args("c0")));
    story.drop("unready");
    story.runFor(100 * MS);
    story.kill(story.c());
    assertThat(story.fails("k").kind()).isEqualTo(Failure.Kind.OWNER_DIED);
    story.open("gate");
    story.soon();
    assertThat(story.executions(k)).isZero();
    story.assertGoneSoon(unready);
    story.drop("k");
    story.end();
  }
}
