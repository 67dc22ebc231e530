package dev.deed.faultinjection.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.faultinjection.simulator.SimulationRun.Options;
import dev.deed.faultinjection.simulator.SimulationRun.Report;
import dev.deed.lineage.Demand;
import dev.deed.lineage.Placement;
import dev.deed.lineage.TaskSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole clusters in virtual time: fixed seeds, the same on every run, and fresh ones, whose first
/// number is printed. `-Ddeed.simulation.seeds=N` says how many of each.
final class ClusterSimulation {
  private static final int SEEDS = Integer.getInteger("deed.simulation.seeds", 1_000);

  private static void assertAllHeld(Report report) {
    assertThat(report.failures()).as(() -> report + "\n" + report.failures()).isEmpty();
  }

  @Test
  void fixedSeedsHoldAllInvariantsAndMeetAllRareSituations() {
    Report report = SimulationRun.run(SEEDS, 1, Options.DEFAULT);
    System.out.println(report);
    assertAllHeld(report);
    assertMet(report, mark -> !mark.ofHeirs());
  }

  @Test
  void fixedSeedsWithHeirsHoldAllInvariantsAndMeetAllRareSituationsOfHeirs() {
    // From here on the first thousand meet the rarest of them, CALL_UNKNOWN, more often than once.
    Report report =
        SimulationRun.run(SEEDS, 8_001_234, Options.DEFAULT.withHeirs(HeirsChoice.DRAWN));
    System.out.println(report);
    assertAllHeld(report);
    assertMet(report, Marks.Mark::ofHeirs);
  }

  /// With fewer seeds the rarest need not be met.
  private static void assertMet(Report report, Predicate<Marks.Mark> which) {
    if (SEEDS >= 1_000) {
      assertThat(Stream.of(Marks.Mark.values()).filter(which))
          .as("situations that the seeds have met")
          .allMatch(mark -> report.marks().count(mark) > 0);
    }
  }

  @Test
  void freshSeedsHoldAllInvariants() {
    long base = Long.getLong("deed.simulation.base", System.nanoTime() >>> 4);
    System.out.println("fresh seeds from " + base);
    Report report = SimulationRun.run(SEEDS, base, Options.DEFAULT.withHeirs(HeirsChoice.DRAWN));
    System.out.println(report);
    assertAllHeld(report);
  }

  @Test
  void everyMessageSurvivesItsBinaryForm() {
    assertAllHeld(
        SimulationRun.run(Math.min(SEEDS, 150), 1_000_000, Options.DEFAULT.withCodecAlways()));
  }

  @Test
  void withoutFaultsNothingIsExecutedTwice() {
    Report report =
        SimulationRun.run(Math.min(SEEDS, 150), 2_000_000, Options.DEFAULT.withoutFaults());
    assertAllHeld(report);
    assertThat(report.marks().count(Marks.Mark.REEXECUTED_FOR_VALUE)).isZero();
    assertThat(report.marks().count(Marks.Mark.REEXECUTED_FOR_EXECUTOR)).isZero();
  }

  /// Seed 970008273: each of the calls waits for room for ten seconds, on the worker that the
  /// cluster is given after it has lost all others.
  @Test
  void aProgramThatHasLostAllWorkersHasAProgramsTimeWithTheOneItIsGiven() {
    TaskSpec.Terms terms =
        new TaskSpec.Terms(Demand.ONE_CPU, 1, List.of(), 0, new Placement.Anywhere());
    long storeBytes = 16 * Story.MIB;
    int calls = 7;
    List<Step> main = new ArrayList<>();
    main.add(new Step.Submit("held", 1, List.of(), List.of(), terms, 1));
    main.add(new Step.Await(List.of("held"), 1, 0));
    for (int i = 0; i < calls; i++) {
      main.add(new Step.Put("large", 9 * Story.MIB, List.of()));
      main.add(new Step.Submit("result", 2, List.of("large"), List.of(), terms, 1));
      main.add(new Step.Drop("large"));
      main.add(new Step.Get("result", List.of(), true, 0));
      main.add(new Step.Drop("result"));
    }
    Script hold = new Script("hold", List.of(new Step.Return(8 * Story.MIB, List.of())));
    Plan plan =
        new Plan(
            List.of(0, 1),
            List.of(new Script("main", main), hold, new Script("reader", List.of())),
            Plan.Settings.DEFAULT.withStore(storeBytes),
            List.of(new Fault.Crash(1, 1)));

    SimulationRun.Course course = SimulationRun.course(1, plan, true);

    assertThat(course.broken()).isEmpty();
    assertThat(course.story())
        .filteredOn(line -> line.contains("-> got") && line.contains("no room"))
        .hasSize(calls);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 17, 99, 1234, 777_777})
  void theSameSeedTwiceGivesTheSameRun(long seed) {
    long first = SimulationRun.traceHash(seed, Options.DEFAULT);
    assertThat(SimulationRun.traceHash(seed, Options.DEFAULT)).isEqualTo(first);
    assertThat(SimulationRun.traceHash(seed + 1, Options.DEFAULT)).isNotEqualTo(first);
    List<String> story = SimulationRun.story(seed, Options.DEFAULT);
    assertThat(SimulationRun.story(seed, Options.DEFAULT)).isEqualTo(story);
    assertThat(story.getLast()).contains(String.format("%016x", first));
  }

  @Test
  void theSameSeedInAnotherJvmGivesTheSameRun() throws IOException, InterruptedException {
    StringBuilder here = new StringBuilder();
    for (long seed = 1; seed <= 20; seed++) {
      here.append(SimulationRun.traceHash(seed, Options.DEFAULT)).append('\n');
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TraceHashes.class.getName(),
                "1",
                "20")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String there = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(there).isEqualTo(here.toString());
  }

  /// Prints the trace hashes of a range of seeds.
  static final class TraceHashes {
    private TraceHashes() {}

    public static void main(String[] args) {
      for (long seed = Long.parseLong(args[0]); seed <= Long.parseLong(args[1]); seed++) {
        System.out.print(SimulationRun.traceHash(seed, Options.DEFAULT) + "\n");
      }
    }
  }
}
