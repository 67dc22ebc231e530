package dev.deed.evaluation.experiments.nsdi21;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.evaluation.experiments.Measurement;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The experiment as it runs, on an embedded worker and with little to do.
final class RecoveryExperimentTest {
  private static final ChainRuns.Plan SHORT =
      new ChainRuns.Plan(Duration.ofMillis(40), List.of(20, 10));

  @TempDir Path folder;
  private final EmbeddedClusters clusters = new EmbeddedClusters();
  private final List<Measurement> measured = new ArrayList<>();
  private final RecoveryExperiment experiment = new RecoveryExperiment(_ -> SHORT);

  @Test
  void allIsMeasuredRightAndTold() throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.writeString(folder.resolve("f" + i), "some words of file " + i + " and more of them");
    }
    Trial trial = trial();
    List<Section> sections = experiment.run(trial);

    assertThat(measured).hasSize(experiment.measurements(trial));
    assertThat(measured).allSatisfy(m -> assertThat(m.error()).isEmpty());
    assertThat(measured)
        .extracting(Measurement::run)
        .startsWith("index.plain", "index.undisturbed", "index.killed")
        .contains("chain.small", "chain.small.killed", "chain.large", "chain.large.killed");
    assertThat(sections).hasSize(2);
    assertThat(clusters.asked)
        .startsWith("start 3", "start 3", "kill")
        .containsSequence("start 1", "start 1", "kill", "add");
    assertThat(measured)
        .filteredOn(m -> m instanceof ChainRun)
        .allSatisfy(
            m -> assertThat(((ChainRun) m).executed().begun()).isEqualTo(((ChainRun) m).tasks()));
  }

  @Test
  void anEmptyInputIsRefusedBeforeAnythingIsStarted() {
    assertThatThrownBy(() -> experiment.run(trial()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--input");
    assertThat(clusters.asked).isEmpty();
  }

  private Trial trial() {
    Trial.Listener listener =
        new Trial.Listener() {
          @Override
          public void begins(String what) {
            assertThat(what).isNotEmpty();
          }

          @Override
          public void measured(Measurement measurement) {
            measured.add(measurement);
          }
        };
    return new Trial(Trial.Effort.QUICK, Optional.of(folder), 3, clusters, listener);
  }
}
