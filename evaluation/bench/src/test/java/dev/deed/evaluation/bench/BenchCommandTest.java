package dev.deed.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.futures.cli.DeedCommand;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `deed bench` prints.
class BenchCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int deed(String... words) {
    return DeedCommand.execute(out, err, words);
  }

  @Test
  void itsHelpSaysWhatItMeasures() {
    assertThat(deed("bench", "--help")).isZero();
    assertThat(out.toString()).contains("Usage: deed bench", "--backend", "--json", "--quick");
  }

  @Test
  void withJsonItPrintsOneObjectAFigure() {
    assertThat(deed("bench", "limit.tcp.rtt", "--quick", "--json")).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(1);
    JsonNode figure = JsonMapper.shared().readTree(lines.getFirst());
    assertThat(figure.propertyNames()).containsExactly("name", "value", "unit", "backend");
    assertThat(figure.get("name").asString()).isEqualTo("limit.tcp.rtt");
    assertThat(figure.get("value").asDouble()).isPositive();
    assertThat(figure.get("unit").asString()).isEqualTo("us");
    assertThat(figure.get("backend").asString()).isEqualTo("machine");
  }

  @Test
  void withoutJsonItPrintsATable() {
    assertThat(deed("bench", "limit.tcp.rtt", "--quick")).isZero();
    assertThat(out.toString()).contains("Backend: local", "benchmark", "limit.tcp.rtt");
  }

  @Test
  void anUnknownNameIsAUserErrorThatListsTheNames() {
    assertThat(deed("bench", "task.snyc")).isEqualTo(2);
    assertThat(err.toString()).contains("'task.snyc'", "task.sync", "get.nested.10k");
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void anUnknownBackendIsAUserError() {
    assertThat(deed("bench", "--backend", "moon")).isEqualTo(2);
    assertThat(err.toString()).contains("--backend", "moon", "local", "cluster");
    assertThat(err.toString().lines()).hasSize(1);
  }
}
