package dev.deed.faultinjection.simulator;

import static dev.deed.faultinjection.simulator.Story.KIB;
import static dev.deed.faultinjection.simulator.Story.MIB;
import static dev.deed.faultinjection.simulator.Story.MS;
import static dev.deed.faultinjection.simulator.Story.SECOND;
import static dev.deed.faultinjection.simulator.Story.anywhere;
import static dev.deed.faultinjection.simulator.Story.returns;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Reference;
import dev.deed.ownership.Failure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The acceptance scenarios of reconstruction (scenarios.md, group 2), without actors and
/// generators.
@ExtendWith(OwnerDeaths.class)
final class ReconstructionSimulation {

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofMessages")
  void re01OneLossOneRetrySecondLossFails(Variation variation) {
    Story story = variation.cluster(1);
    int f = story.script("f", returns(10 * MIB));
    int reader = story.script("reader");
    Reference x = story.call("X", f, anywhere().retries(1));
    story.submit("read", reader, anywhere().args("X"));
    story.reads("read");
    story.kill(story.a());
    story.join(1);
    story.submit("read", reader, anywhere().args("X"));
    story.reads("read");
    story.assertExecutions(x, 2);
    story.kill(story.b());
    story.join(1);
    Failure failure = story.failsAs("X", Failure.Kind.LOST_RETRIES_EXHAUSTED);
    assertThat(failure.message()).contains("f").contains(story.site());
    story.drop("X", "read");
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofMessages")
  void re02ACachedCopyIsEnough(Variation variation) {
    Story story = variation.cluster(1, 1);
    int f = story.script("f", returns(20 * MIB));
    int reader = story.script("reader");
    Reference x = story.call("X", f, story.on(story.a()));
    story.await("X");
    story.submit("read", reader, story.on(story.b()).args("X"));
    story.reads("read");
    story.runFor(5 * SECOND);
    story.kill(story.a());
    story.runFor(5 * SECOND);
    story.reads("X");
    story.assertExecutions(x, 1);
    story.press(story.b());
    story.press(story.b());
    assertThat(story.hasCopy(story.b(), x)).as("B's copy is pinned").isTrue();
    story.assertExecutions(x, 1);
    story.drop("X", "read");
    story.assertGoneSoon(x);
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofMessages")
  void re03ChainOfTwenty(Variation variation) {
    Story story = variation.cluster(1);
    int f = story.script("f", returns(MIB));
    List<Reference> chain = new ArrayList<>();
    chain.add(story.call("link0", f, anywhere()));
    for (int i = 1; i <= 20; i++) {
      chain.add(story.call("link" + i, f, anywhere().args("link" + (i - 1))));
      story.drop("link" + (i - 1));
    }
    story.await("link20");
    story.kill(story.a());
    story.join(1);
    story.reads("link20");
    for (Reference link : chain) {
      story.assertExecutions(link, 2);
    }
    story.drop("link20");
    for (Reference link : chain) {
      story.assertGoneSoon(link);
    }
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofMessages")
  void re08NonDeterministicSize(Variation variation) {
    Story story = variation.cluster(1, 1);
    int f = story.script("f", new Step.Vary(), returns(100 * KIB));
    int g = story.script("g", Story.compute(5 * MS));
    for (int kill = 0; kill < 30; kill++) {
      Reference x = story.call("x" + kill, f, anywhere().retries(3));
      Reference y = story.submit("y" + kill, g, anywhere().args("x" + kill).retries(3));
      story.runFor(7 * MS);
      story.kill(story.worker(kill));
      story.join(1);
      assertThat(story.get("y" + kill)).isNotNull();
      assertThat(story.executions(x)).isBetween(1, 4);
      assertThat(story.executions(y)).isLessThanOrEqualTo(4);
      story.drop("x" + kill, "y" + kill);
    }
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofOwners")
  void re09LineageLimitIsVisible(Variation variation) {
    Story story = variation.cluster(Plan.Settings.DEFAULT.withLineageBudget(10_000), 1);
    int f = story.script("f", returns(100 * KIB));
    story.call("link0", f, anywhere());
    for (int i = 1; i <= 100; i++) {
      story.call("link" + i, f, anywhere().args("link" + (i - 1)));
      story.drop("link" + (i - 1));
    }
    story.await("link100");
    assertThat(story.world.ledger.wasLineageEvicted()).as("reported before it is missed").isTrue();
    story.kill(story.a());
    story.join(1);
    Failure failure = story.fails("link100");
    assertThat(root(failure).kind()).isEqualTo(Failure.Kind.LOST_LINEAGE_EVICTED);
    story.drop("link100");
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofMessages")
  void re12UpstreamCannotComeBack(Variation variation) {
    Story story = variation.cluster(1);
    int once = story.script("once", returns(MIB));
    int g = story.script("g", returns(MIB));
    story.call("X", once, anywhere().retries(0));
    story.call("Y", g, anywhere().args("X"));
    story.await("Y");
    story.drop("X");
    story.kill(story.a());
    story.join(1);
    Failure failure = story.failsAs("Y", Failure.Kind.LOST_UPSTREAM);
    if (failure.kind() == Failure.Kind.LOST_UPSTREAM) {
      assertThat(root(failure).kind()).isEqualTo(Failure.Kind.LOST_NO_LINEAGE);
    }
    story.drop("Y");
    story.end();
  }

  @ParameterizedTest
  @MethodSource("dev.deed.faultinjection.simulator.Variation#ofMessages")
  void re13TheDeathNoticeIsLost(Variation variation) {
    Story story = variation.cluster(1);
    int f = story.script("f", returns(MIB));
    for (int i = 0; i < 10; i++) {
      story.call("item" + i, f, anywhere());
    }
    for (int i = 0; i < 10; i++) {
      story.await("item" + i);
    }
    story.join(1);
    story.runFor(SECOND);
    story.killUnnoticed(story.a());
    long killedNs = story.world.nowNs;
    for (int i = 0; i < 10; i++) {
      story.reads("item" + i);
      story.drop("item" + i);
    }
    assertThat(story.world.nowNs - killedNs).isLessThan(11 * SECOND + 2 * variation.byNs() * 10);
    story.end();
  }

  private static Failure root(Failure failure) {
    Failure root = failure;
    while (root.cause() != null) {
      root = root.cause();
    }
    return root;
  }
}
