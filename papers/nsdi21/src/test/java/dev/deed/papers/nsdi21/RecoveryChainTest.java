package dev.deed.papers.nsdi21;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RecoveryChainTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void aChainCountsItsTasksAndLeavesNothing(RecoveryChain.Size size) throws IOException {
    Executions executions = new Executions(folder.resolve("executions").toString());
    try (Session session = Deed.local()) {
      assertThat(RecoveryChain.run(size, 7, Duration.ZERO, Duration.ofMinutes(1), executions))
          .isEqualTo(7);
      assertThat(session.memory().references()).isEmpty();
      assertThat(session.memory().storedBytes()).isZero();
    }
    assertThat(executions.read()).extracting(Executions.Execution::number).hasSize(7);
  }

  @Test
  void whatWasKilledHasBegunAndNotEnded() throws IOException {
    Path file = folder.resolve("executions");
    Files.writeString(file, "begin map 3 1 77 1000\nbegin map 3 2 78 1500\nend map 3 2 78 1600\n");
    assertThat(new Executions(file.toString()).read())
        .extracting(execution ->
            execution.stage()
                + execution.number()
                + " attempt "
                + execution.attempt()
                + " in "
                + execution.pid()
                + ": "
                + execution.beganMs()
                + " "
                + execution.endedMs().orElse(0))
        .containsExactly("map3 attempt 1 in 77: 1000 0", "map3 attempt 2 in 78: 1500 1600");
  }

  @Test
  void aTornNoteIsAnError() throws IOException {
    Path file = folder.resolve("executions");
    Files.writeString(file, "begin map 3\n");
    assertThatThrownBy(() -> new Executions(file.toString()).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("begin map 3");
  }
}
