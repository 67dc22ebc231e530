package dev.deed.faultinjection.chaos;

import dev.deed.faultinjection.explorer.Configuration;
import dev.deed.faultinjection.explorer.Exploration;
import dev.deed.faultinjection.explorer.Limits;
import dev.deed.faultinjection.explorer.Path;
import dev.deed.faultinjection.explorer.Result;
import dev.deed.futures.cli.CliCommand;
import dev.deed.futures.cli.CommandException;
import dev.deed.futures.cli.ExitCode;
import dev.deed.futures.cli.Json;
import dev.deed.futures.cli.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Searches small clusters of the protocol's core for a way to break an invariant, and tells the
/// shortest one.
@Command(
    name = "explore",
    description = {
      "Goes through all interleavings, crashes and pauses of small clusters of the protocol's core,"
          + " breadth first, and checks the invariants in every state.",
      "Without --config it searches all configurations, one after another. Ends with 1 if an"
          + " invariant was broken."
    })
final class ExploreCommand extends CliCommand {
  private static final int MOST_STATES = 20_000_000;
  private static final double MOST_SECONDS = 60;

  @Option(
      names = "--config",
      paramLabel = "NAME",
      description = "Searches this configuration; may be repeated (see --list).")
  List<String> names = new ArrayList<>();

  @Option(names = "--list", description = "Tells which configurations there are.")
  boolean list;

  @Option(
      names = "--max-states",
      paramLabel = "N",
      description = "Ends a search after so many states (default: 20000000).")
  int maxStates = MOST_STATES;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Ends a search after so many seconds (default: 60).")
  double seconds = MOST_SECONDS;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description = "Goes a way that was found before once more, and tells it.")
  @Nullable String path;

  @Option(names = "--json", description = "Prints one object a configuration.")
  boolean json;

  @Override
  public Integer call() {
    if (maxStates < 1 || !(seconds > 0)) {
      throw CommandException.userError(
          "--max-states " + maxStates + " and --seconds " + seconds + ": give more than 0.");
    }
    if (list) {
      Exploration.configurations().forEach(this::tell);
      return ExitCode.OK;
    }
    if (path != null) {
      return replay(path);
    }
    int code = ExitCode.OK;
    for (Configuration configuration : wanted()) {
      Result result = search(configuration);
      tell(result);
      if (result.violation().isPresent()) {
        code = ExitCode.FAILURE;
      }
    }
    return code;
  }

  private List<Configuration> wanted() {
    if (names.isEmpty()) {
      return Exploration.configurations();
    }
    try {
      return names.stream().map(Exploration::configuration).toList();
    } catch (IllegalArgumentException e) {
      throw CommandException.userError(e.getMessage() + ".", e);
    }
  }

  private Result search(Configuration configuration) {
    try (Progress progress = progress("explore " + configuration.name(), maxStates)) {
      return Exploration.run(
          configuration,
          Limits.ofHeap(maxStates, seconds),
          far -> {
            progress.at(far.states(), maxStates);
            progress.say("depth " + far.depth());
          });
    }
  }

  private Integer replay(String text) {
    List<String> story;
    try {
      story = Exploration.story(Path.parse(text));
    } catch (IllegalArgumentException e) {
      throw CommandException.userError(e.getMessage() + ".", e);
    }
    story.forEach(line -> out().println(json ? Json.line("step", line) : line));
    return story.getLast().startsWith(Exploration.BROKEN) ? ExitCode.FAILURE : ExitCode.OK;
  }

  // --- what is told -----------------------------------------------------------------------------

  private void tell(Configuration configuration) {
    out()
        .println(
            json
                ? Json.line(
                    "config", configuration.name(),
                    "about", configuration.about(),
                    "workers", configuration.workers().size(),
                    "crashes", configuration.faults().crashes(),
                    "pauses", configuration.faults().pauses())
                : String.format(
                    Locale.ROOT, "%-24s %s", configuration.name(), about(configuration)));
  }

  private static String about(Configuration configuration) {
    String text = configuration.about();
    if (configuration.faults().crashes() > 0) {
      text +=
          " "
              + configuration.faults().crashes()
              + " of "
              + configuration.faults().mortal()
              + " may crash.";
    }
    if (configuration.faults().pauses() > 0) {
      text +=
          " "
              + configuration.faults().pauses()
              + " of "
              + configuration.faults().mortal()
              + " may be called dead.";
    }
    return text;
  }

  private void tell(Result result) {
    if (json) {
      out()
          .println(
              Json.line(
                  "config", result.configuration(),
                  "exhausted", result.exhausted(),
                  "stopped", result.stopped(),
                  "states", result.states(),
                  "transitions", result.transitions(),
                  "depth", result.depth(),
                  "ends", result.ends(),
                  "workerStates", result.workerStates(),
                  "seconds", result.seconds(),
                  "statesPerSecond", result.statesPerSecond(),
                  "violation", result.violation().map(Result.Violation::text).orElse(""),
                  "path", result.violation().map(v -> v.path().toString()).orElse("")));
      return;
    }
    out()
        .printf(
            Locale.ROOT,
            "%s: %,d states, %,d transitions, depth %d, %,d ends in %.1f s (%,.0f states/s), %s%n",
            result.configuration(),
            result.states(),
            result.transitions(),
            result.depth(),
            result.ends(),
            result.seconds(),
            result.statesPerSecond(),
            verdict(result));
    result.violation().ifPresent(this::tell);
    out().flush();
  }

  private static String verdict(Result result) {
    if (result.violation().isPresent()) {
      return "an invariant is broken";
    }
    return result.exhausted()
        ? "all of it: no violation"
        : "not all of it, no violation so far: " + result.stopped();
  }

  private void tell(Result.Violation violation) {
    out().println("VIOLATION of " + violation.text());
    Exploration.story(violation.path()).forEach(out()::println);
    out().println("  replay: ./deed explore --path '" + violation.path() + "'");
  }
}
