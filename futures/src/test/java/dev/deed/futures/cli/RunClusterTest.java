package dev.deed.futures.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.futures.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `deed run` with real processes.
class RunClusterTest {
  private static final String PROGRAM =
      """
      import static dev.deed.Deed.*;
      import dev.deed.*;

      void main(String[] words) throws Exception {
        try (var session = Deed.local()) {
          Ref<Integer> one = submit(() -> 1);
          Ref<Integer> two = submit(Integer::sum, one, one);
          IO.println(two.get() + " " + String.join(",", words) + " " + System.getenv("DEED_CLUSTER"));
        }
        System.exit(words.length);
      }
      """;

  @TempDir Path folder;

  private Path program(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /// A process of `deed`, with its output in files of the folder.
  private Process start(String... words) throws IOException {
    return builder(words).redirectOutput(folder.resolve("out").toFile()).start();
  }

  private ProcessBuilder builder(String... words) {
    List<String> command = ChildJvm.command(DeedCommand.class);
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void aSourceFileRunsWithItsArgumentsAndPassesItsCodeOn() throws Exception {
    Path source = program("Hello.java", PROGRAM);
    Process deed = start("run", "--json", source.toString(), "-x", "--json", "y");
    assertThat(deed.waitFor()).isEqualTo(3);
    assertThat(read("out")).startsWith("2 -x,--json,y ");
    List<JsonNode> events =
        read("err").lines().map(line -> JsonMapper.shared().readTree(line)).toList();
    assertThat(events).hasSize(2);
    assertThat(events.getFirst().get("main").asString()).isEqualTo("Hello");
    assertThat(events.getLast().get("code").asInt()).isEqualTo(3);
  }

  @Test
  void aSourceFileThatDoesNotCompileIsAUserError() throws Exception {
    Path source = program("Broken.java", "void main() { int x = \"one\"; }");
    Process deed = start("run", source.toString());
    assertThat(deed.waitFor()).isEqualTo(2);
    assertThat(read("err").lines()).hasSize(1);
    assertThat(read("err")).contains("does not compile: line 1:", "incompatible types");
  }

  @Test
  void workersAreEndedWithTheProgram() throws Exception {
    Path source = program("Quick.java", "void main() {}");
    List<Line> lines = new ArrayList<>();
    List<String> calls =
        FakeBackend.during(
            folder,
            () -> lines.add(Line.deed("run", "--workers", "2", "--cpus", "3", source.toString())));
    assertThat(lines).extracting(Line::code).containsExactly(0);
    assertThat(calls).containsExactly("start 2 cpus 3", "close");
  }

  @Test
  void theProgramEndsWithDeed() throws Exception {
    Path source =
        program(
            "Endless.java",
            """
            void main() throws Exception {
              IO.println(ProcessHandle.current().pid());
              Thread.sleep(600_000);
            }
            """);
    Process deed = builder("run", source.toString()).start();
    long pid = Long.parseLong(deed.inputReader().readLine());
    // What Ctrl-C and a polite kill have in common: the JVM goes down in order.
    deed.destroy();
    assertThat(deed.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }
}
