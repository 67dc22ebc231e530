package dev.deed.faultinjection.simulator;

import static dev.deed.faultinjection.simulator.Story.KIB;
import static dev.deed.faultinjection.simulator.Story.MS;
import static dev.deed.faultinjection.simulator.Story.SECOND;
import static dev.deed.faultinjection.simulator.Story.anywhere;
import static dev.deed.faultinjection.simulator.Story.compute;
import static dev.deed.faultinjection.simulator.Story.dropKept;
import static dev.deed.faultinjection.simulator.Story.keep;
import static dev.deed.faultinjection.simulator.Story.pass;
import static dev.deed.faultinjection.simulator.Story.read;
import static dev.deed.faultinjection.simulator.Story.returns;
import static dev.deed.faultinjection.simulator.Story.takeKept;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.Reference;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Message;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The acceptance scenarios of reference counting (scenarios.md, group 1), played without actors: a
/// variable of a worker keeps what an actor would keep.
@ExtendWith(OwnerDeaths.class)
final class ReferenceCountingSimulation {

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc01LocalCopies(Variation variation) {
    Story story = variation.cluster(1);
    Reference x = story.make("X", variation.source(), variation.size());
    story.copy("X", "X2");
    story.drop("X");
    story.drop("X");
    story.assertExists(x);
    story.drop("X2");
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc02ArgumentHeldUntilTheTaskEnds(Variation variation) {
    Story story = variation.cluster(1, 1);
    int gate = story.script("gate", pass("gate"));
    int f = story.script("f");
    Reference x = story.make("X", variation.source(), variation.size());
    story.submit("gate", gate, anywhere().demand(Demand.NONE));
    story.submit("f", f, story.on(story.b()).args("X", "gate"));
    story.drop("X", "gate");
    story.fill(story.b());
    story.assertExistsUnlessInlined(x, variation.size());
    story.open("gate");
    story.reads("f");
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc02ArgumentGoneWhenTheTaskThrows(Variation variation) {
    Story story = variation.cluster(1, 1);
    int f = story.script("f", pass("gate"), new Step.Throw(false));
    Reference x = story.make("X", variation.source(), variation.size());
    story.submit("f", f, story.on(story.b()).args("X"));
    story.drop("X");
    story.runFor(5 * SECOND);
    story.assertExistsUnlessInlined(x, variation.size());
    story.open("gate");
    assertThat(story.fails("f").kind()).isEqualTo(Failure.Kind.TASK_FAILED);
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc02ArgumentGoneWhenItsWorkerIsKilledWithoutRetries(Variation variation) {
    Story story = variation.cluster(1, 1);
    int f = story.script("f", pass("gate"));
    Reference x = story.make("X", variation.source(), variation.size());
    story.submit("f", f, story.on(story.b()).args("X").retries(0));
    story.drop("X");
    story.runFor(5 * SECOND);
    story.assertExistsUnlessInlined(x, variation.size());
    story.kill(story.b());
    assertThat(story.fails("f").kind()).isEqualTo(Failure.Kind.WORKER_LOST);
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofOwners")
  void rc03InlineArgumentReleasedEarly(Variation variation) {
    Story story = variation.cluster(1);
    int d = story.script("d", pass("d"), returns(KIB));
    int busy = story.script("busy", pass("busy"));
    int g = story.script("g");
    story.submit("busy", busy, anywhere());
    Reference ref = story.call("d", d, anywhere().demand(Demand.NONE));
    Reference made = story.submit("g", g, anywhere().args("d"));
    story.drop("d");
    story.runFor(SECOND);
    story.assertExists(ref);
    story.open("d");
    story.assertGoneSoon(ref);
    assertThat(story.executions(made)).isZero();
    story.open("busy");
    story.reads("g");
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofOwners")
  void rc04AnonymousArgumentOfATaskThatCannotRunYet(Variation variation) {
    Story story = variation.cluster(1, 1);
    int gate = story.script("gate", pass("gate"));
    int f = story.script("f");
    Reference literal = story.make("literal", Story.Source.PUT, 20 * Story.MIB);
    story.submit("gate", gate, anywhere().demand(Demand.NONE));
    story.submit("f", f, anywhere().args("literal", "gate"));
    story.drop("literal");
    for (int i = 0; i < 2; i++) {
      story.put("other", 20 * Story.MIB);
      story.drop("other");
    }
    story.assertExists(literal);
    story.open("gate");
    story.reads("f");
    story.assertGoneSoon(literal);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc05ReferenceInsideAContainer(Variation variation) {
    Story story = variation.cluster(1, 1);
    int f = story.script("f", pass("gate"), read("a0.0"));
    Reference x = story.make("X", variation.source(), variation.size());
    Reference list = story.put("list", KIB, "X");
    story.submit("f", f, story.on(story.b()).args("list"));
    story.drop("X", "list");
    story.runFor(3 * SECOND);
    story.fill(story.a());
    story.assertExists(x);
    story.open("gate");
    story.reads("f");
    story.assertGoneSoon(x);
    story.assertGoneSoon(list);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc05ReferenceInsideAContainerGoneWithItsWorker(Variation variation) {
    Story story = variation.cluster(1, 1);
    int f = story.script("f", pass("gate"), read("a0.0"));
    Reference x = story.make("X", variation.source(), variation.size());
    story.put("list", KIB, "X");
    story.submit("f", f, story.on(story.b()).args("list").retries(0));
    story.drop("X", "list");
    story.runFor(3 * SECOND);
    story.kill(story.b());
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc06OuterPinsInner(Variation variation) {
    for (int levels : new int[] {1, 5}) {
      Story story = variation.cluster(1);
      Reference x = story.make("X", variation.source(), variation.size());
      story.copy("X", "outer0");
      story.drop("X");
      for (int i = 1; i <= levels; i++) {
        story.put("outer" + i, Math.min(variation.size(), 2 * Story.MIB), "outer" + (i - 1));
        story.drop("outer" + (i - 1));
        story.runFor(100 * MS);
      }
      story.fill(story.a());
      story.assertExists(x);
      story.drop("outer" + levels);
      story.assertGoneSoon(x);
      story.end();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc08UnwrapLevelByLevel(Variation variation) {
    Story story = variation.cluster(1, 2);
    int unwrap = story.script("last", pass("gate"), read("c0"));
    for (int level = 4; level >= 1; level--) {
      unwrap =
          story.script(
              "unwrap" + level,
              story.calls("next", unwrap, anywhere().captured("a0.0")),
              returns(KIB, "next"));
    }
    Reference x = story.make("X", variation.source(), variation.size());
    story.copy("X", "w0");
    for (int i = 1; i <= 5; i++) {
      story.put("w" + i, KIB, "w" + (i - 1));
    }
    int first =
        story.script("unwrap5", read("c0", "inner"), read("inner", "next"), returns(KIB, "inner"));
    story.submit("first", first, anywhere().captured("w5"));
    story.submit("chain", unwrap, anywhere().args("w1"));
    story.drop("X", "w0", "w1", "w2", "w3", "w4", "w5");
    story.runFor(3 * SECOND);
    story.fill(story.b());
    story.assertExists(x);
    story.open("gate");
    story.reads("first");
    story.reads("chain", "c1");
    story.drop("first", "chain");
    story.reads("c1");
    story.drop("c1");
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc09WorkerKeepsTwoCopies(Variation variation) {
    Story story = variation.cluster(1, 1);
    int keep1 = story.script("keep1", keep("c0", "one"));
    int keep2 = story.script("keep2", keep("c0", "two"));
    int drop1 = story.script("drop1", dropKept("one"));
    int drop2 = story.script("drop2", dropKept("two"));
    Reference x = story.make("X", variation.source(), variation.size());
    for (int keeper : new int[] {keep1, keep2}) {
      story.submit("done", keeper, story.on(story.b()).captured("X"));
      story.reads("done");
    }
    story.drop("X");
    story.runFor(5 * SECOND);
    story.assertExists(x);
    story.submit("done", drop1, story.on(story.b()));
    story.reads("done");
    story.fill(story.a());
    story.assertExists(x);
    story.submit("done", drop2, story.on(story.b()));
    story.reads("done");
    story.assertGoneSoon(x);
    story.drop("done");
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc09WorkerThatKeepsACopyIsKilled(Variation variation) {
    Story story = variation.cluster(1, 1);
    int keep1 = story.script("keep1", keep("c0", "one"));
    Reference x = story.make("X", variation.source(), variation.size());
    story.submit("done", keep1, story.on(story.b()).captured("X"));
    story.reads("done");
    story.drop("X", "done");
    story.runFor(5 * SECOND);
    story.assertExists(x);
    story.kill(story.b());
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc10ReturnedReferenceOutlivesItsContainer(Variation variation) {
    Story story = variation.cluster(1, 1);
    int inner = story.script("inner", returns(variation.size()));
    Reference x =
        variation.source() == Story.Source.PUT
            ? story.lent("x", story.b(), List.of(), story.putsKept("x", variation.size()))
            : story.lent("x", story.b(), List.of(), story.callsKept("x", inner, anywhere()));
    story.runFor(5 * SECOND);
    story.fill(story.a());
    story.assertExists(x);
    story.reads("x");
    story.drop("x");
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc13WaitMessageOvertakesTheReply(Variation variation) {
    for (boolean releaseFirst : new boolean[] {true, false}) {
      Story story = variation.cluster(1, 1);
      Node p = story.a();
      Node q = story.b();
      int atQ = story.script("q", returns(KIB, "c0"));
      int atP =
          story.script("p", story.calls("y", atQ, story.on(q).captured("c0")), returns(KIB, "y"));
      Reference x = story.make("X", variation.source(), variation.size());
      story.delay(
          Message.EstateMessage.ReleaseKeeping.class,
          p,
          story.server(),
          releaseFirst ? 2 * SECOND : 4 * SECOND);
      story.delay(
          Message.EstateMessage.Registration.class,
          q,
          story.owner(),
          releaseFirst ? 4 * SECOND : 2 * SECOND);
      story.submit("list", atP, story.on(p).captured("X"));
      story.drop("X");
      story.reads("list", "y");
      story.drop("list");
      story.reads("y", "x");
      story.drop("y");
      story.runFor(8 * SECOND);
      story.assertExists(x);
      story.reads("x");
      story.drop("x");
      story.assertGoneSoon(x);
      story.end();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc14BorrowerDropsBeforeTheOwnerAsks(Variation variation) {
    Story story = variation.cluster(1, 1);
    int constructor = story.script("constructor", keep("c0", "field"));
    int dropping = story.script("dropping", dropKept("field"));
    Reference x = story.make("X", variation.source(), variation.size());
    story.delay(Message.EstateMessage.Registration.class, story.b(), story.owner(), 2 * SECOND);
    story.delay(Message.EstateAck.class, story.owner(), story.b(), 2 * SECOND);
    story.submit("done", constructor, story.on(story.b()).captured("X"));
    story.reads("done");
    story.submit("dropped", dropping, story.on(story.b()));
    story.reads("dropped");
    story.drop("X");
    story.assertGoneSoon(x);
    story.drop("done", "dropped");
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc16TheIntermediateHolderDies(Variation variation) {
    Story story = variation.cluster(1, 1, 1);
    Node p = story.b();
    Node q = story.c();
    int atQ = story.script("q", keep("c0", "field"));
    int atP =
        story.script("p", story.calls("handed", atQ, story.on(q).captured("c0")), pass("never"));
    int reader = story.script("reader", takeKept("field", "x"), read("x"));
    int dropper = story.script("dropper", dropKept("field"));
    Reference x = story.make("X", variation.source(), variation.size());
    story.submit("p", atP, story.on(p).captured("X").retries(0));
    assertThat(story.world.runUntil(() -> q.kept.containsKey("field"), 20 * SECOND)).isTrue();
    story.kill(p);
    story.drop("X");
    story.runFor(5 * SECOND);
    story.fill(story.a());
    story.assertExists(x);
    story.submit("read", reader, story.on(q));
    story.reads("read");
    story.submit("read", dropper, story.on(q));
    story.reads("read");
    story.drop("read", "p");
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#all")
  void rc19UndeliverableConstructor(Variation variation) {
    for (boolean cancelled : new boolean[] {true, false}) {
      Story story = variation.cluster(1);
      int constructor = story.script("constructor", keep("c0", "field"));
      Reference x = story.make("X", variation.source(), variation.size());
      story.submit("handle", constructor, anywhere().demand(Story.impossible()).captured("X"));
      story.drop("X");
      story.runFor(SECOND);
      if (cancelled) {
        story.cancel("handle");
        Failure.Kind kind = story.fails("handle").kind();
        assertThat(kind).isIn(Failure.Kind.TASK_CANCELLED, Failure.Kind.RESOURCES_UNAVAILABLE);
      }
      story.drop("handle");
      story.assertGoneSoon(x);
      story.end();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofOwners")
  void rc19AlsoCleanWhenTheConstructorRanAndItsWorkerDied(Variation variation) {
    Story story = variation.cluster(1, 1);
    int constructor = story.script("constructor", keep("c0", "field"));
    Reference x = story.make("X", Story.Source.PUT, 20 * Story.MIB);
    story.submit("handle", constructor, story.on(story.b()).captured("X"));
    story.reads("handle");
    story.kill(story.b());
    story.drop("X", "handle");
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("churnSeeds")
  void rc20ChurnWithAnExactBalance(long seed) {
    churn(40, seed, HeirsChoice.NONE);
  }

  static LongStream churnSeeds() {
    return IntStream.range(0, 5).mapToLong(i -> 20_000_000L + 1000L * i);
  }

  @ParameterizedTest
  @EnumSource(names = {"ASYNC", "SYNC"})
  void rc20ChurnWithOwnersThatDie(HeirsChoice heirs) {
    churn(5, 21_000_000, heirs);
  }

  private static void churn(int seeds, long firstSeed, HeirsChoice heirs) {
    SimulationRun.Options options =
        SimulationRun.Options.DEFAULT.withCodecAlways().withoutShrinking().withHeirs(heirs);
    assertThat(SimulationRun.run(seeds, firstSeed, options).failures()).isEmpty();
  }

  @Test
  void aKeptReferenceOutlivesManyTasks() {
    Story story = Story.cluster(21, Plan.Settings.DEFAULT, 1);
    int keeper = story.script("keeper", keep("c0", "field"), compute(MS));
    Reference x = story.put("X", KIB);
    for (int i = 0; i < 20; i++) {
      story.submit("done", keeper, story.on(story.a()).captured("X"));
    }
    story.reads("done");
    story.drop("X", "done");
    story.soon();
    story.assertExists(x);
    story.end();
    story.assertGoneSoon(x);
  }
}
