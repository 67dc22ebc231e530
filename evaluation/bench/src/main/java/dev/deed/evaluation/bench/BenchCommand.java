package dev.deed.evaluation.bench;

import dev.deed.Session;
import dev.deed.futures.cli.CliCommand;
import dev.deed.futures.cli.ExitCode;
import dev.deed.futures.cli.Json;
import dev.deed.futures.cli.Progress;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Measures the micro set, and this machine's limits in the same run.
@Command(
    name = "bench",
    description = {
      "Measures how fast tasks and values are, and what this machine could do at most.",
      "Each figure is the median of 5 rounds after 3 rounds of warm-up. Rates are a second;"
          + " task.args.10k, wait.1k and get.nested.10k are whole rounds a second. task.1M.heap is"
          + " what a waiting task keeps in the driver's heap."
    })
final class BenchCommand extends CliCommand {
  @Parameters(
      paramLabel = "NAME",
      description = "Benchmarks to run, such as task.sync or task.* (default: all).")
  List<String> names = new ArrayList<>();

  @Option(
      names = "--backend",
      defaultValue = "local",
      converter = Backend.Parser.class,
      description =
          "Where tasks run: local, or cluster with two worker processes (default: local).")
  Backend backend = Backend.LOCAL;

  @Option(names = "--json", description = "Prints one object a figure.")
  boolean json;

  @Option(names = "--quick", description = "Fewer and shorter rounds, for a first impression.")
  boolean quick;

  @Option(names = "--list", description = "Prints the names of all benchmarks and ends.")
  boolean list;

  @Override
  public Integer call() throws Exception {
    List<Benchmark> chosen = Catalogue.choose(names);
    if (list) {
      chosen.forEach(benchmark -> out().println(benchmark.name()));
      return ExitCode.OK;
    }
    List<Figure> figures = measure(chosen, quick ? Rounds.QUICK : Rounds.FULL, Sizes.FULL);
    if (!json) {
      out().println("Backend: " + backend + ", processors: " + processors());
      new Comparison(figures).table().forEach(out()::println);
    }
    return ExitCode.OK;
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private List<Figure> measure(List<Benchmark> chosen, Rounds rounds, Sizes sizes)
      throws Exception {
    List<Figure> all = new ArrayList<>();
    try (Progress progress = progress("bench", chosen.size())) {
      // The limits are measured while nothing of Deed runs.
      for (Benchmark benchmark : chosen.stream().filter(Benchmark::isLimit).toList()) {
        progress.say(benchmark.name());
        all.addAll(told("machine", benchmark.measurement().measure(rounds, sizes)));
        progress.step();
      }
      List<Benchmark> ours = chosen.stream().filter(benchmark -> !benchmark.isLimit()).toList();
      if (ours.isEmpty()) {
        return all;
      }
      try (Session session = backend.open()) {
        for (Benchmark benchmark : ours) {
          progress.say(benchmark.name());
          // What the one before has left must not be collected during this one.
          System.gc();
          all.addAll(
              told(
                  backend.toString(),
                  session.callHere(() -> benchmark.measurement().measure(rounds, sizes))));
          progress.step();
        }
      }
    }
    return all;
  }

  private List<Figure> told(String where, List<Figure> figures) {
    if (json) {
      for (Figure figure : figures) {
        out()
            .println(
                Json.line(
                    "name", figure.name(),
                    "value", figure.value(),
                    "unit", figure.unit(),
                    "backend", where));
      }
      out().flush();
    }
    return figures;
  }
}
