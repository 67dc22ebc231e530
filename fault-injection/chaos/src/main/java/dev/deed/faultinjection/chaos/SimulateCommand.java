package dev.deed.faultinjection.chaos;

import dev.deed.faultinjection.chaos.SeedSweep.Outcome;
import dev.deed.faultinjection.simulator.HeirsChoice;
import dev.deed.faultinjection.simulator.SimulationRun;
import dev.deed.faultinjection.simulator.SimulationRun.FailedSeed;
import dev.deed.faultinjection.simulator.SimulationRun.Report;
import dev.deed.futures.cli.CliCommand;
import dev.deed.futures.cli.CommandException;
import dev.deed.futures.cli.ExitCode;
import dev.deed.futures.cli.Json;
import dev.deed.futures.cli.Progress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Runs the protocol in virtual time under seeded faults, and tells which invariants were broken.
@Command(
    name = "simulate",
    description = {
      "Runs clusters of the protocol's core in virtual time, one a seed, with random programs and"
          + " faults, and checks the invariants.",
      "Without --seed the seeds are new ones each time; they are told, and replay. Ends with 1 if an"
          + " invariant was broken."
    })
final class SimulateCommand extends CliCommand {
  private static final int SEEDS = 2_000;
  private static final long MOST_DRAWN = 1_000_000_000;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How many seeds to run (default: 2000; with --seed just that one).")
  @Nullable Integer seeds;

  @Option(names = "--seed", paramLabel = "S", description = "The first seed (default: drawn).")
  @Nullable Long seed;

  @Option(
      names = "--trace",
      description = "Tells the whole course of one seed, every event in words; needs --seed.")
  boolean trace;

  @Option(
      names = "--failures",
      paramLabel = "N",
      defaultValue = "1",
      description = "Goes on until so many seeds have failed (default: ${DEFAULT-VALUE}).")
  int mostFailures;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Seeds that run at the same time (default: one a processor).")
  @Nullable Integer threads;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      defaultValue = "target/simulation",
      description = "Where a failing seed leaves its story (default: ${DEFAULT-VALUE}).")
  Path folder = Path.of("");

  @Option(names = "--no-shrink", description = "Doesn't look for the smallest failing plan.")
  boolean noShrink;

  @Option(names = "--no-faults", description = "Runs the programs undisturbed.")
  boolean noFaults;

  @Option(
      names = "--heirs",
      paramLabel = "MODE",
      defaultValue = "NONE",
      description =
          "How the estates of workers are kept: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}).")
  HeirsChoice heirs = HeirsChoice.NONE;

  @Option(
      names = "--marks",
      description = "Tells how often each of the rare situations was met that are watched for.")
  boolean marks;

  @Option(
      names = "--json",
      description = "Prints one object a violation, and one for the whole at the end.")
  boolean json;

  private final BiFunction<Long, SimulationRun.Options, Report> simulator;

  SimulateCommand() {
    this((seed, options) -> SimulationRun.run(1, seed, options));
  }

  /// With what runs a seed.
  SimulateCommand(BiFunction<Long, SimulationRun.Options, Report> simulator) {
    this.simulator = simulator;
  }

  @Override
  public Integer call() throws InterruptedException {
    int count = positive("--seeds", seeds == null ? (seed == null ? SEEDS : 1) : seeds);
    int parallel =
        positive(
            "--threads", threads == null ? Runtime.getRuntime().availableProcessors() : threads);
    positive("--failures", mostFailures);
    if (trace) {
      tellStory();
    }
    long first = seed == null ? new SplittableRandom().nextLong(1, MOST_DRAWN) : seed;
    SimulationRun.Options options = options();
    Outcome outcome;
    try (Progress progress = progress("simulate", count)) {
      progress.say("from seed " + first);
      outcome =
          SeedSweep.run(
              first,
              count,
              Math.min(parallel, count),
              mostFailures,
              number -> simulator.apply(number, options),
              failed -> {
                failed.ifPresent(failure -> tell(failure, progress));
                progress.step();
              });
    }
    tell(outcome);
    return outcome.failures().isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
  }

  private static int positive(String option, int value) {
    if (value < 1) {
      throw CommandException.userError(option + " " + value + " is too few: give 1 or more.");
    }
    return value;
  }

  private SimulationRun.Options options() {
    SimulationRun.Options options =
        SimulationRun.Options.DEFAULT
            .withMostFailures(mostFailures)
            .withFolder(folder)
            .withHeirs(heirs);
    options = noShrink ? options.withoutShrinking() : options;
    return noFaults ? options.withoutFaults() : options;
  }

  private void tellStory() {
    if (seed == null || (seeds != null && seeds != 1)) {
      throw CommandException.userError(
          "--trace tells the course of one seed: give --seed S and no --seeds.");
    }
    for (String line : SimulationRun.story(seed, options())) {
      out().println(json ? Json.line("trace", line) : line);
    }
    out().flush();
  }

  private void tell(FailedSeed failed, Progress progress) {
    String replay = failed.replay();
    Optional<String> story = failed.story().map(Path::toString);
    String line =
        json
            ? Json.line(
                "event", "violation",
                "seed", failed.seed(),
                "invariant", failed.invariant(),
                "message", failed.message(),
                "replay", replay,
                "story", story.orElse(""))
            : String.join(
                System.lineSeparator(),
                "VIOLATION of " + failed.invariant() + " by seed " + failed.seed(),
                "  what:   " + failed.message(),
                "  replay: " + replay,
                "  story:  " + story.orElse("not written; replay with --trace"));
    progress.print(out(), line);
  }

  private void tell(Outcome outcome) {
    if (json) {
      out()
          .println(
              Json.line(
                  "event", "summary",
                  "seeds", outcome.seeds(),
                  "firstSeed", outcome.firstSeed(),
                  "events", outcome.events(),
                  "seconds", outcome.nanos() / 1e9,
                  "eventsPerSecond", outcome.eventsPerSecond(),
                  "eventsPerSecondAndThread", outcome.eventsPerSecondAndThread(),
                  "failed", outcome.failures().size(),
                  "marks", outcome.marks()));
      return;
    }
    out()
        .printf(
            Locale.ROOT,
            "%,d seeds from %d: %,d events in %.1f s, %,.0f events/s (%,.0f a thread), %d failed%n",
            outcome.seeds(),
            outcome.firstSeed(),
            outcome.events(),
            outcome.nanos() / 1e9,
            outcome.eventsPerSecond(),
            outcome.eventsPerSecondAndThread(),
            outcome.failures().size());
    if (marks) {
      outcome
          .marks()
          .forEach((mark, count) -> out().printf(Locale.ROOT, "  %,9d %s%n", count, mark));
    }
  }
}
