package dev.deed.evaluation.experiments.cli;

import dev.deed.evaluation.experiments.Experiment;
import dev.deed.evaluation.experiments.Measurement;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.cluster.ClusterSource;
import dev.deed.evaluation.experiments.cluster.LocalClusters;
import dev.deed.evaluation.experiments.report.FigureException;
import dev.deed.evaluation.experiments.report.Machine;
import dev.deed.evaluation.experiments.report.Report;
import dev.deed.evaluation.experiments.report.Section;
import dev.deed.futures.cli.CliCommand;
import dev.deed.futures.cli.CommandException;
import dev.deed.futures.cli.ExitCode;
import dev.deed.futures.cli.Json;
import dev.deed.futures.cli.Progress;
import dev.deed.futures.cli.Table;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs experiments of papers and writes their report.
@Command(
    name = "reproduce",
    description = {
      "Runs a paper's experiments on a cluster of this machine; without PAPER, all.",
      "Writes index.html, the figures and results.ndjson into the report's folder."
    })
final class ReproduceCommand extends CliCommand {
  private static final String RESULTS = "results.ndjson";

  @Spec CommandSpec line = CommandSpec.create();

  @Parameters(index = "0", arity = "0..1", paramLabel = "PAPER", description = "Such as nsdi21.")
  @Nullable String paper;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "FIGURE",
      description = "Such as recovery.")
  List<String> figures = new ArrayList<>();

  @ArgGroup(multiplicity = "0..1")
  @Nullable Length length;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description = "A folder or zip file of texts (default: the JDK's source code, lib/src.zip).")
  @Nullable Path input;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "4",
      description = "Worker processes for the index (default: ${DEFAULT-VALUE}).")
  int workers;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      defaultValue = "report",
      description = "Where the report goes (default: ${DEFAULT-VALUE}).")
  Path folder = Path.of("report");

  @Option(names = "--json", description = "Prints each measurement as one JSON object a line.")
  boolean json;

  private final Experiments known;
  private final ClusterSource clusters;

  ReproduceCommand() {
    this(Experiments.OURS, new LocalClusters());
  }

  ReproduceCommand(Experiments known, ClusterSource clusters) {
    this.known = known;
    this.clusters = clusters;
  }

  /// How long it may take.
  static final class Length {
    @Option(names = "--quick", description = "A minute or two (the default).")
    boolean quick;

    @Option(names = "--full", description = "The lengths of the paper: many minutes.")
    boolean full;
  }

  @Override
  public Integer call() throws IOException {
    if (workers < 2) {
      throw CommandException.userError("--workers is at least 2: one of them is killed.");
    }
    List<Experiment> experiments = known.chosen(Optional.ofNullable(paper), figures);
    checkFigures();
    Machine machine = Machine.here();
    Instant began = Instant.now();
    startResults();
    List<Measurement> measurements = new ArrayList<>();
    List<Section> sections = new ArrayList<>();
    for (Experiment experiment : experiments) {
      sections.addAll(run(experiment, measurements));
    }
    List<String> errors =
        measurements.stream().flatMap(measurement -> measurement.error().stream()).toList();
    Path page =
        new Report("Deed: " + title(experiments), command(), began, machine, errors, sections)
            .write(folder);
    if (!json) {
      summarize(measurements);
      out().println("Report: " + page.toAbsolutePath().normalize());
    }
    errors.forEach(error -> err().println("deed: " + error));
    return errors.isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
  }

  private List<Section> run(Experiment experiment, List<Measurement> measurements)
      throws IOException {
    Trial.Effort effort = length != null && length.full ? Trial.Effort.FULL : Trial.Effort.QUICK;
    try (Watch watch = new Watch(measurements)) {
      Trial trial = new Trial(effort, Optional.ofNullable(input), workers, clusters, watch);
      watch.show(progress(experiment.figure(), experiment.measurements(trial)));
      return experiment.run(trial);
    } catch (FileNotFoundException | IllegalArgumentException e) {
      throw CommandException.userError(String.valueOf(e.getMessage()), e);
    }
  }

  /// Before anything is measured: who has waited for minutes must not learn then that there is no
  /// place for the report.
  private void startResults() {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(RESULTS), "");
    } catch (IOException e) {
      throw CommandException.userError(
          "the report can't be written to '" + folder + "' (" + e + "): name a folder by --report.",
          e);
    }
  }

  private static void checkFigures() {
    try {
      Report.checkFigures();
    } catch (FigureException e) {
      throw CommandException.userError(e.getMessage() + ".", e);
    }
  }

  private static String title(List<Experiment> experiments) {
    return experiments.size() == 1 ? experiments.getFirst().title() : "the papers' experiments";
  }

  private String command() {
    return "deed " + String.join(" ", line.root().commandLine().getParseResult().originalArgs());
  }

  private void summarize(List<Measurement> measurements) {
    Table table = new Table("<run", ">seconds", "<right");
    for (Measurement measurement : measurements) {
      table.row(
          measurement.toString(),
          Table.number(measurement.seconds()),
          measurement.error().isEmpty() ? "yes" : "NO");
    }
    table.lines().forEach(out()::println);
  }

  /// Keeps, prints and writes what is measured, and shows how far it is.
  private final class Watch implements Trial.Listener, AutoCloseable {
    private final List<Measurement> measurements;
    private Optional<Progress> bar = Optional.empty();

    Watch(List<Measurement> measurements) {
      this.measurements = measurements;
    }

    void show(Progress shown) {
      bar = Optional.of(shown);
    }

    @Override
    public void begins(String what) {
      bar.ifPresent(shown -> shown.say(what));
    }

    @Override
    public void measured(Measurement measurement) {
      measurements.add(measurement);
      String text = Json.line(measurement);
      try {
        Files.writeString(
            folder.resolve(RESULTS),
            text + "\n",
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException("a result can't be written into " + folder, e);
      }
      if (json) {
        out().println(text);
        out().flush();
      }
      bar.ifPresent(Progress::step);
    }

    @Override
    public void close() {
      bar.ifPresent(Progress::close);
    }
  }
}
