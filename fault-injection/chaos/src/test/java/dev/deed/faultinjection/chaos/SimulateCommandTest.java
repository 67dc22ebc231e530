package dev.deed.faultinjection.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.faultinjection.simulator.Marks;
import dev.deed.faultinjection.simulator.SimulationRun;
import dev.deed.faultinjection.simulator.SimulationRun.FailedSeed;
import dev.deed.faultinjection.simulator.SimulationRun.Report;
import dev.deed.futures.cli.DeedCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `deed simulate` runs and prints.
class SimulateCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int deed(String... words) {
    return DeedCommand.execute(out, err, words);
  }

  @Test
  void itsHelpSaysWhatItDoes() {
    assertThat(deed("simulate", "--help")).isZero();
    assertThat(out.toString()).contains("deed simulate", "--seeds", "--seed=S", "--trace");
  }

  @Test
  void soManySeedsAreRunAndTheirSpeedIsTold() {
    int code = deed("simulate", "--seeds", "4", "--seed", "7", "--folder", folder.toString());
    assertThat(code).isZero();
    assertThat(out.toString()).contains("4 seeds from 7:", "events/s", "0 failed");
  }

  @Test
  void theSummaryIsAnObjectWithJson() {
    int code =
        deed("simulate", "--seeds", "3", "--seed", "7", "--json", "--folder", folder.toString());
    assertThat(code).isZero();
    JsonNode summary = JsonMapper.shared().readTree(out.toString());
    assertThat(summary.get("event").asString()).isEqualTo("summary");
    assertThat(summary.get("seeds").asInt()).isEqualTo(3);
    assertThat(summary.get("events").asLong()).isPositive();
    assertThat(summary.get("failed").asInt()).isZero();
  }

  @Test
  void theRareSituationsThatWereMetAreTold() {
    int code =
        deed(
            "simulate",
            "--seeds",
            "3",
            "--seed",
            "7",
            "--marks",
            "--heirs",
            "ASYNC",
            "--folder",
            folder.toString());
    assertThat(code).isZero();
    for (Marks.Mark mark : Marks.Mark.values()) {
      assertThat(out.toString()).contains(mark.name());
    }
  }

  @Test
  void withoutASeedTheDrawnOneIsTold() {
    assertThat(deed("simulate", "--seeds", "1", "--json", "--folder", folder.toString())).isZero();
    JsonNode summary = JsonMapper.shared().readTree(out.toString());
    assertThat(summary.get("firstSeed").asLong()).isBetween(1L, 1_000_000_000L);
  }

  @Test
  void theTraceTellsTheWholeCourse() {
    assertThat(deed("simulate", "--seed", "7", "--trace", "--folder", folder.toString())).isZero();
    assertThat(out.toString()).contains("script 0 main", "trace hash", "1 seeds from 7");
  }

  @Test
  void threadsDoNotChangeWhatIsRun() throws InterruptedException {
    List<Long> events = new ArrayList<>();
    for (int threads : List.of(1, 3)) {
      SimulationRun.Options options = SimulationRun.Options.DEFAULT.withFolder(folder);
      List<Object> watched = new ArrayList<>();
      SeedSweep.Outcome outcome =
          SeedSweep.run(
              11, 6, threads, 1, seed -> SimulationRun.run(1, seed, options), watched::add);
      assertThat(watched).hasSize(6);
      events.add(outcome.events());
    }
    assertThat(events.getFirst()).isEqualTo(events.getLast());
  }

  /// Every third seed breaks something, and the tenth breaks the simulator.
  private static Report planted(long seed, SimulationRun.Options options) {
    if (seed == 10) {
      throw new IllegalStateException("out of breath");
    }
    List<FailedSeed> failures =
        seed % 3 == 0
            ? List.of(
                new FailedSeed(
                    seed,
                    "7",
                    "freed early",
                    SimulationRun.replay(seed, options),
                    Optional.of(Path.of("here"))))
            : List.of();
    return new Report(seed, 1, 100, 1_000, new Marks(), failures);
  }

  private int planted(String... words) {
    CommandLine line = new CommandLine(new SimulateCommand(SimulateCommandTest::planted));
    line.setOut(new PrintWriter(out, true));
    return line.execute(words);
  }

  @Test
  void aViolationIsToldWithItsReplayAndEndsWithCodeOne() {
    assertThat(planted("--seed", "1", "--seeds", "50", "--threads", "1", "--no-faults")).isOne();
    assertThat(out.toString())
        .contains("VIOLATION of 7 by seed 3", "freed early", "story:  here", "3 seeds from 1:")
        .contains("replay: ./deed simulate --seed 3 --no-faults", "1 failed")
        .doesNotContain("seed 6");
  }

  @Test
  void itGoesOnUntilSoManySeedsHaveFailedAndTheSimulatorsOwnFailuresCount() {
    int code =
        planted("--seed", "1", "--seeds", "50", "--threads", "1", "--failures", "4", "--json");
    assertThat(code).isOne();
    List<JsonNode> lines =
        out.toString().lines().map(line -> JsonMapper.shared().readTree(line)).toList();
    assertThat(lines.subList(0, 4))
        .extracting(line -> line.get("seed").asInt())
        .containsExactly(3, 6, 9, 10);
    assertThat(lines.get(3).get("message").asString()).contains("out of breath");
    assertThat(lines.getLast().get("failed").asInt()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seeds 0            | --seeds 0 is too few",
        "--seeds many         | --seeds",
        "--seed x             | --seed",
        "--threads 0          | --threads 0 is too few",
        "--failures 0         | --failures 0 is too few",
        "--trace              | give --seed S",
        "--trace --seed 1 --seeds 2 | give --seed S",
        "extra                | one argument too many",
      })
  void aWrongLineIsOneSentenceAndCodeTwo(String words, String part) {
    assertThat(deed(("simulate " + words).split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(part);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(out.toString()).isEmpty();
  }
}
