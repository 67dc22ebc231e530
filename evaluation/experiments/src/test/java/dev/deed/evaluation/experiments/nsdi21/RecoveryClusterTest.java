package dev.deed.evaluation.experiments.nsdi21;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.evaluation.experiments.Measurement;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.cluster.LocalClusters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The experiment on worker processes that are killed, with less to do than in earnest.
final class RecoveryClusterTest {
  private static final int FILES = 192;
  private static final int WORDS = 20_000;

  @TempDir Path folder;

  @Test
  void killedWorkersChangeNoResult() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < FILES; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = 0; j < WORDS; j++) {
        text.append("word").append(random.nextInt(WORDS)).append(' ');
      }
      Files.writeString(folder.resolve("f" + i), text);
    }
    List<Measurement> measured = new ArrayList<>();
    Trial.Listener listener =
        new Trial.Listener() {
          @Override
          public void begins(String what) {
            assertThat(ProcessHandle.current().children()).isEmpty();
          }

          @Override
          public void measured(Measurement measurement) {
            measured.add(measurement);
          }
        };
    ChainRuns.Plan plan = new ChainRuns.Plan(Duration.ofSeconds(1), List.of(100));
    new RecoveryExperiment(_ -> plan)
        .run(new Trial(Trial.Effort.QUICK, Optional.of(folder), 3, new LocalClusters(), listener));

    assertThat(measured).hasSize(IndexRuns.COUNT + plan.count());
    assertThat(measured).allSatisfy(m -> assertThat(m.error()).isEmpty());
    IndexRun killed = (IndexRun) measured.get(2);
    assertThat(killed.executed().begun()).isEqualTo(killed.maps() + 16 + killed.executed().again());
    for (Measurement measurement : measured) {
      if (measurement instanceof ChainRun chain) {
        // Where the kill falls is a matter of time: into a task, between two, before the first.
        Executed executed = chain.executed();
        assertThat(executed.begun()).as(chain.run()).isEqualTo(chain.tasks() + executed.again());
        assertThat(executed.again()).as(chain.run()).isGreaterThanOrEqualTo(executed.lost());
        assertThat(chain.killed() || executed.again() == 0).as(chain.run()).isTrue();
      }
    }
    assertThat(ProcessHandle.current().children()).isEmpty();
  }
}
