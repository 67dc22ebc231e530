package dev.deed.futures.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What commands ask the cluster backend for, and how they tell its answers.
class ClusterCommandsTest {
  @TempDir Path folder;

  private final List<Line> lines = new ArrayList<>();

  /// Runs one command beside the backend that notes its calls.
  private List<String> calls(String... words) throws IOException {
    return FakeBackend.during(folder, () -> lines.add(Line.deed(words)));
  }

  @Test
  void aWorkerIsStartedAsItsOptionsSay() throws IOException {
    List<String> calls =
        calls(
            "worker",
            "--join",
            "h:7800",
            "--port",
            "7801",
            "--cpus",
            "3",
            "--host-id",
            "second",
            "--bind",
            "0.0.0.0",
            "--resource",
            "gpu=1");
    assertThat(calls)
        .containsExactly("work join h:7800 port 7801 cpus 3 host second bind 0.0.0.0 {gpu=1.0}");
    assertThat(lines.getFirst().out().strip()).isEqualTo("127.0.0.1:7801");
    assertThat(lines.getFirst().err()).contains("deed worker --join 127.0.0.1:7801");
    assertThat(lines.getFirst().code()).isZero();
  }

  @Test
  void aWorkersAddressIsAnObjectWithJson() throws IOException {
    calls("worker", "--json");
    JsonNode told = JsonMapper.shared().readTree(lines.getFirst().out());
    assertThat(told.get("address").asString()).isEqualTo("127.0.0.1:7801");
    assertThat(lines.getFirst().err()).isEmpty();
  }

  @Test
  void statusIsATable() throws IOException {
    assertThat(calls("status", "h:7800")).containsExactly("status h:7800");
    assertThat(lines.getFirst().out())
        .contains("Cluster at h:7800: 1 members, epoch 3", "w1", "worker", "17");
  }

  @Test
  void statusIsOneObjectAMemberWithJson() throws IOException {
    calls("status", "h:7800", "--json");
    JsonNode member = JsonMapper.shared().readTree(lines.getFirst().out());
    assertThat(member.get("role").asString()).isEqualTo("worker");
    assertThat(member.get("cpus").asDouble()).isEqualTo(2);
  }

  @Test
  void anAddressWhereNobodyAnswersIsAUserError() throws IOException {
    assertThat(calls("status", "h:1")).containsExactly("status h:1");
    assertThat(calls("run", "--cluster", "h:1", "dev.deed.futures.cli.DeedCommand"))
        .containsExactly("status h:1");
    assertThat(lines)
        .allSatisfy(line -> {
          assertThat(line.code()).isEqualTo(2);
          assertThat(line.errors())
              .containsExactly("deed: nobody answers at h:1: start a worker there.");
        });
  }

  @Test
  void jobsAreATableOrObjects() throws IOException {
    assertThat(calls("jobs", "h:7800")).containsExactly("jobs h:7800");
    assertThat(lines.getFirst().out())
        .contains("Cluster at h:7800: 3 jobs", "left", "resumable", "busy", "running", "gone");
    calls("jobs", "h:7800", "--json");
    JsonNode first =
        JsonMapper.shared().readTree(lines.getLast().out().lines().findFirst().orElseThrow());
    assertThat(first.get("name").asString()).isEqualTo("left");
    assertThat(first.get("state").asString()).isEqualTo("resumable");
  }

  @Test
  void aJobIsDropped() throws IOException {
    assertThat(calls("jobs", "h:7800", "--drop", "left")).containsExactly("drop left at h:7800");
    assertThat(lines.getFirst().code()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --job x                                            | needs --cluster ADDR
          --resume x --workers 2                             | needs --cluster ADDR
          --job x --cluster h:7800 --durability none         | needs --durability async or sync
          --job left --cluster h:7800 --durability async     | is there already
          --job busy --cluster h:7800 --durability sync      | is being run
          --resume x --cluster h:7800                        | there is no job 'x'
          --resume gone --cluster h:7800                     | nobody had its records
          --resume x --journal y --cluster h:7800            | there is no job 'x'
          --resume x --job y --cluster h:7800                | mutually exclusive
          --workers 2 --journal-values 1g                    | name it, too
          --workers 2 --journal y --journal-values much      | --journal-values can't be 'much'
          --workers 2 --journal y --journal-sync 50          | --journal-sync can't be '50'
          """)
  void aJobThatCantBeRunIsAUserError(String options, String sentence) throws IOException {
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(List.of(options.split(" ")));
    words.add("dev.deed.futures.cli.DeedCommand");
    calls(words.toArray(String[]::new));
    assertThat(lines.getFirst().code()).isEqualTo(2);
    assertThat(lines.getFirst().errors()).singleElement().asString().contains(sentence);
  }

  @Test
  void aJobsNameIsNotBlank() throws IOException {
    calls(
        "run",
        "--job",
        " ",
        "--cluster",
        "h:7800",
        "--durability",
        "async",
        "dev.deed.futures.cli.DeedCommand");
    assertThat(lines.getFirst().code()).isEqualTo(2);
    assertThat(lines.getFirst().err()).contains("a job's name is not blank");
  }

  @Test
  void aProgramThatDoesNotExistStartsNoWorkers() throws IOException {
    assertThat(calls("run", "--workers", "2", "no.such.Main")).isEmpty();
    assertThat(lines.getFirst().code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"worker", "status h:7800", "run --workers 2 dev.deed.futures.cli.DeedCommand"})
  void withoutABackendTheSentenceSaysWhatWorksInstead(String words) {
    Line line = FakeBackend.without(() -> Line.deed(words.split(" ")));
    assertThat(line.code()).isEqualTo(1);
    assertThat(line.errors()).hasSize(1);
    assertThat(line.err()).contains("no cluster backend");
  }
}
