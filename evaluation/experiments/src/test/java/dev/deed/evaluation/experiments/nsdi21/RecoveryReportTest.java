package dev.deed.evaluation.experiments.nsdi21;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.evaluation.experiments.report.Machine;
import dev.deed.evaluation.experiments.report.Report;
import dev.deed.papers.nsdi21.Executions.Execution;
import dev.deed.papers.nsdi21.IndexSummary;
import dev.deed.papers.nsdi21.WordCount;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The report of results that were made up.
final class RecoveryReportTest {
  private static final Machine MACHINE =
      new Machine("A <fast> processor", 2, 24, "Linux 6", "Example 25", 0.5);

  @TempDir Path folder;

  @Test
  void thePageHasTheFiguresTheTablesAndThePapersNumbers() throws IOException {
    String page = Files.readString(report(List.of(), index(Optional.empty()), chains()));
    assertThat(page)
        .contains("All results are right.", "deed reproduce nsdi21 recovery --quick")
        .contains("A &lt;fast&gt; processor", "24 November 2026, 07:31 UTC")
        // The paper's seconds, and its factor for 10 MiB and 10 ms.
        .contains(">19.60<", ">26.10<", ">1.61×<")
        // Ours: 3 s where it took 2 s.
        .contains(">1.50×<", ">9 map, 1 merge<");
    // A figure's bytes may spell anything.
    assertThat(page.replaceAll("base64,[^\"]*", "")).doesNotContain("http", "NaN");
    assertThat(page.split("<img", -1)).hasSize(4);
    for (String figure :
        List.of("recovery-index", "recovery-chain-small", "recovery-chain-large")) {
      BufferedImage image = ImageIO.read(folder.resolve(figure + ".png").toFile());
      assertThat(image.getWidth()).isGreaterThan(1000);
      assertThat(page).contains("data:image/png;base64,");
    }
  }

  @Test
  void oneExecutionIsToldInTheSingular() {
    assertThat(new Executed(12, 1, 1, Map.of("map", 1), 0.5).inWords())
        .isEqualTo("1 execution was cut off, and 1 was made again");
    assertThat(new Executed(12, 2, 0, Map.of(), 0).inWords())
        .isEqualTo("2 executions were cut off, and 0 were made again");
  }

  @Test
  void aWrongResultStandsAtTheTop() throws IOException {
    String error = "index.killed: the index is not that of the plain program";
    String page = Files.readString(report(List.of(error), index(Optional.of(error)), chains()));
    assertThat(page).contains("class=\"verdict bad\">" + error, ">NO<");
    assertThat(page).doesNotContain("All results are right");
  }

  @Test
  void whatBeganTwiceWasExecutedAgain() {
    Execution first = new Execution("map", 1, 1, 7, 1000, OptionalLong.empty());
    Execution second = new Execution("map", 1, 2, 8, 2000, OptionalLong.of(2500));
    Execution other = new Execution("merge", 1, 1, 8, 2000, OptionalLong.of(2500));
    assertThat(Executed.of(List.of(first, second, other)))
        .isEqualTo(new Executed(3, 1, 1, Map.of("map", 1), 0.5));
  }

  private Path report(List<String> errors, List<IndexRun> index, List<ChainRun> chains)
      throws IOException {
    return new Report(
            "Deed: recovery",
            "deed reproduce nsdi21 recovery --quick",
            Instant.parse("2026-11-24T07:31:00Z"),
            MACHINE,
            errors,
            List.of(IndexSection.of(index), ChainSection.of(chains)))
        .write(folder);
  }

  private static List<IndexRun> index(Optional<String> error) {
    IndexSummary summary =
        new IndexSummary(
            "ab".repeat(32), 380195, 5573862, 22293958, List.of(new WordCount("the", 9)));
    Executed all = new Executed(80, 0, 0, Map.of(), 0);
    Executed again = new Executed(92, 2, 10, new TreeMap<>(Map.of("map", 9, "merge", 1)), 1.25);
    return List.of(
        indexRun("index.plain", 7.3, 0, 0, Executed.NOTHING, summary, Optional.empty()),
        indexRun("index.undisturbed", 5, 4, 0, all, summary, Optional.empty()),
        indexRun("index.killed", 8, 4, 2.5, again, summary, error));
  }

  private static IndexRun indexRun(
      String run,
      double seconds,
      int workers,
      double killedAt,
      Executed executed,
      IndexSummary summary,
      Optional<String> error) {
    return new IndexRun(
        RecoveryExperiment.PAPER,
        RecoveryExperiment.FIGURE,
        run,
        seconds,
        workers,
        "/jdk/lib/src.zip",
        15224,
        213_000_000,
        64,
        killedAt,
        killedAt > 0 ? 9 : 0,
        executed,
        Optional.of(summary),
        error);
  }

  private static List<ChainRun> chains() {
    List<ChainRun> runs = new ArrayList<>();
    for (String size : List.of("small", "large")) {
      for (int delayMs : ChainRuns.Plan.QUICK.delaysMs()) {
        int tasks = 2000 / delayMs;
        Executed all = new Executed(tasks, 0, 0, Map.of(), 0);
        Executed again = new Executed(tasks + 7, 1, 7, Map.of("chain", 7), 1);
        runs.add(chain("chain." + size, 2, delayMs, tasks, false, all));
        double seconds = size.equals("small") ? 2.8 : 3;
        runs.add(chain("chain." + size + ".killed", seconds, delayMs, tasks, true, again));
      }
    }
    return runs;
  }

  private static ChainRun chain(
      String run, double seconds, int delayMs, int tasks, boolean killed, Executed executed) {
    return new ChainRun(
        RecoveryExperiment.PAPER,
        RecoveryExperiment.FIGURE,
        run,
        seconds,
        delayMs,
        tasks,
        2,
        killed,
        0.3,
        executed,
        Optional.empty());
  }
}
