package dev.deed.evaluation.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.evaluation.experiments.Experiment;
import dev.deed.evaluation.experiments.Measurement;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.report.Section;
import dev.deed.futures.cli.DeedCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ReproduceCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /// A measurement that was made up.
  private record Made(
      String paper, String figure, String run, double seconds, Optional<String> error)
      implements Measurement {}

  /// An experiment with one measurement.
  private record Canned(Optional<String> error) implements Experiment {
    @Override
    public String paper() {
      return "p26";
    }

    @Override
    public String figure() {
      return "one";
    }

    @Override
    public String title() {
      return "One measurement";
    }

    @Override
    public int measurements(Trial trial) {
      return 1;
    }

    @Override
    public List<Section> run(Trial trial) {
      trial.listener().begins("it");
      trial.listener().measured(new Made("p26", "one", "it", 1.5, error));
      return List.of(new Section("It", List.of(new Section.Paragraph("It was measured."))));
    }
  }

  @Test
  void rightResultsEndWell() throws IOException {
    assertThat(run(new Canned(Optional.empty()), "p26", "one", "--report", folder.toString()))
        .isZero();
    assertThat(out.toString()).contains("it").contains(folder.resolve("index.html").toString());
    assertThat(folder.resolve("index.html"))
        .content()
        .contains("It was measured.", "--report " + folder);
    assertThat(Files.readAllLines(folder.resolve("results.ndjson")))
        .containsExactly(
            "{\"paper\":\"p26\",\"figure\":\"one\",\"run\":\"it\",\"seconds\":1.5,\"error\":null}");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aWrongResultIsAFailureWithAReport() {
    Canned wrong = new Canned(Optional.of("it: 2 is not 3"));
    assertThat(run(wrong, "--json", "--report", folder.toString())).isEqualTo(1);
    assertThat(out.toString()).startsWith("{\"paper\":\"p26\"").endsWith("}\n").hasLineCount(1);
    assertThat(err.toString()).contains("it: 2 is not 3");
    assertThat(folder.resolve("index.html")).content().contains("it: 2 is not 3");
  }

  @Test
  void wrongUseIsSaidInOneSentence() {
    assertThat(deed("reproduce", "nsdi99")).isEqualTo(2);
    assertThat(err.toString()).contains("nsdi99", "'nsdi21 recovery'").hasLineCount(1);
    assertThat(deed("reproduce", "nsdi21", "fig99")).isEqualTo(2);
    assertThat(deed("reproduce", "--workers", "1")).isEqualTo(2);
    assertThat(deed("reproduce", "--quick", "--full")).isEqualTo(2);
    assertThat(err.toString()).contains("fig99", "--workers is at least 2", "--full");
  }

  @Test
  void anInputThatIsNotThereIsAUserError() {
    String missing = folder.resolve("missing").toString();
    assertThat(deed("reproduce", "--input", missing, "--report", folder.toString())).isEqualTo(2);
    assertThat(err.toString()).contains(missing).hasLineCount(1);
  }

  @Test
  void aReportThatCannotBeWrittenIsAUserErrorBeforeAnythingIsMeasured() throws IOException {
    String taken = Files.writeString(folder.resolve("file"), "").resolve("report").toString();
    assertThat(deed("reproduce", "--report", taken)).isEqualTo(2);
    assertThat(err.toString()).contains(taken, "--report").hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  private int run(Experiment experiment, String... arguments) {
    return execute(
        new CommandLine(
            new ReproduceCommand(
                new Experiments(List.of(experiment)),
                (_, _) -> {
                  throw new IllegalStateException("no cluster is needed here");
                })),
        arguments);
  }

  private int deed(String... arguments) {
    return execute(DeedCommand.line(), arguments);
  }

  private int execute(CommandLine line, String... arguments) {
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
