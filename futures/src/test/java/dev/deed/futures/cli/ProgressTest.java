package dev.deed.futures.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/// The bar, and how it keeps clear of what programs print.
class ProgressTest {
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(screen, true, UTF_8);

  @Test
  void aPipeGetsNoBar() {
    try (Progress progress = Progress.none()) {
      progress.at(1, 2);
      assertThat(progress.isShown()).isFalse();
    }
    assertThat(screen.size()).isZero();
  }

  @Test
  void theBarIsWipedOutAtTheEnd() {
    try (Progress progress = Progress.on(stream, "workers", 4)) {
      progress.at(2, 4);
      assertThat(progress.isShown()).isTrue();
    }
    assertThat(screen.toString(UTF_8)).contains("workers").endsWith("\r\u001b[2K");
  }

  @Test
  void nothingIsDrawnBeforeTheFirstCountOfWhatMayHaveNoSteps() {
    try (Progress progress = Progress.waitingOn(stream, "tasks")) {
      assertThat(progress.isShown()).isTrue();
    }
    assertThat(screen.size()).isZero();
    try (Progress progress = Progress.waitingOn(stream, "tasks")) {
      progress.at(3, 4);
    }
    assertThat(screen.toString(UTF_8)).contains("3/4").endsWith("\r\u001b[2K");
  }

  @Test
  void aProgramsLinesArePassedOnWhole() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(output, true, UTF_8);
    byte[] line = "result 42\n".getBytes(UTF_8);
    try (Progress progress = Progress.on(stream, "tasks", -1)) {
      progress.pass(to, line, line.length);
    }
    assertThat(output.toString(UTF_8)).isEqualTo("result 42\n");
  }
}
