package dev.deed.futures.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.futures.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bar of `deed run` with real processes; what the launcher says about terminals is made up.
class RunProgressClusterTest {
  private static final int TASKS = 60;
  private static final Pattern COUNTS = Pattern.compile("(\\d+)/(\\d+)");
  private static final String WIPE = "\r\u001b[2K";
  private static final String PROGRAM =
      """
      import static dev.deed.Deed.*;
      import dev.deed.*;

      void main() throws Exception {
        try (var session = Deed.local()) {
          for (int i = 0; i < %d; i++) {
            submit(() -> { Thread.sleep(20); return 1; }).get();
          }
          IO.println("line");
        }
        IO.println("end");
      }
      """
          .formatted(TASKS);

  @TempDir Path folder;

  private List<String> run(boolean terminal, String text, String... options) throws Exception {
    Path source = Files.writeString(folder.resolve("Tasks.java"), text);
    List<String> command =
        ChildJvm.command(
            System.getProperty("java.class.path"),
            "-Ddeed.terminal=" + terminal,
            "-Ddeed.terminal-out=" + terminal,
            "-Djava.io.tmpdir=" + folder,
            DeedCommand.class.getName(),
            "run");
    command.addAll(List.of(options));
    command.add(source.toString());
    Process deed =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    assertThat(deed.waitFor()).isZero();
    try (var left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("Tasks.java", "out", "err");
    }
    return List.of(read("out"), read("err"));
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void theBarCountsTasksUntilAllHaveEndedAndIsWipedOut() throws Exception {
    List<String> printed = run(true, PROGRAM);
    assertThat(printed.getFirst()).isEqualTo("line\nend\n");
    assertThat(printed.getLast()).contains("tasks").endsWith(WIPE);
    List<Integer> ended = new ArrayList<>();
    List<Integer> made = new ArrayList<>();
    COUNTS
        .matcher(printed.getLast())
        .results()
        .forEach(counts -> {
          ended.add(Integer.parseInt(counts.group(1)));
          made.add(Integer.parseInt(counts.group(2)));
        });
    assertThat(ended).isSorted().endsWith(TASKS);
    assertThat(made).isSorted().endsWith(TASKS);
    assertThat(ended.stream().distinct()).hasSizeGreaterThan(2);
  }

  @Test
  void aPipeGetsNoBar() throws Exception {
    assertThat(run(false, PROGRAM)).containsExactly("line\nend\n", "");
  }

  @Test
  void whoAsksForJsonGetsNoBar() throws Exception {
    assertThat(run(true, PROGRAM, "--json").getLast().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("{"));
  }

  @Test
  void whoWantsNoBarGetsNone() throws Exception {
    assertThat(run(true, PROGRAM, "--no-progress")).containsExactly("line\nend\n", "");
  }

  @Test
  void aProgramWithoutTasksGetsNoBar() throws Exception {
    String text = "void main() throws Exception { Thread.sleep(500); IO.println(1); }";
    assertThat(run(true, text)).containsExactly("1\n", "");
  }
}
