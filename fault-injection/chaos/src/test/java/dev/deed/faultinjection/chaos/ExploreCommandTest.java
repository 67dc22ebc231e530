package dev.deed.faultinjection.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.futures.cli.DeedCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `deed explore` searches and prints.
class ExploreCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int deed(String... words) {
    return DeedCommand.execute(new PrintWriter(out, true), new PrintWriter(err, true), words);
  }

  @Test
  void itsHelpSaysWhatItDoes() {
    assertThat(deed("explore", "--help")).isZero();
    assertThat(out.toString()).contains("deed explore", "--config=NAME", "--max-states=N");
  }

  @Test
  void theConfigurationsAreListed() {
    assertThat(deed("explore", "--list")).isZero();
    assertThat(out.toString())
        .contains("handover-crash", "which keeps it. 1 of [O, A, B] may crash.");
  }

  @Test
  void aConfigurationIsSearchedToItsEnd() {
    assertThat(deed("explore", "--config", "keep-crash")).isZero();
    assertThat(out.toString())
        .contains("keep-crash: ", " states, ", "depth ", "states/s", "all of it: no violation");
  }

  @Test
  void eachConfigurationIsAnObjectWithJson() {
    assertThat(deed("explore", "--config", "keep", "--config", "late", "--json")).isZero();
    String[] lines = out.toString().strip().split("\n", -1);
    assertThat(lines).hasSize(2);
    JsonNode first = JsonMapper.shared().readTree(lines[0]);
    assertThat(first.get("config").asString()).isEqualTo("keep");
    assertThat(first.get("exhausted").asBoolean()).isTrue();
    assertThat(first.get("states").asInt()).isPositive();
    assertThat(first.get("violation").asString()).isEmpty();
  }

  @Test
  void aLimitIsSaid() {
    assertThat(deed("explore", "--config", "handover-crash", "--max-states", "2000")).isZero();
    assertThat(out.toString()).contains("not all of it, no violation so far: it met the limit of");
  }

  @Test
  void aPathIsTold() {
    assertThat(deed("explore", "--path", "keep-crash: act O main; crash A; follow O")).isZero();
    assertThat(out.toString())
        .contains("  1. O runs main: puts x", "  2. A dies", "  3. O follows the death of A");
  }

  @Test
  void whatMakesNoSenseIsRefusedInOneSentence() {
    assertThat(deed("explore", "--config", "nothing")).isEqualTo(2);
    assertThat(err.toString()).contains("no configuration nothing", "--list");
    assertThat(deed("explore", "--max-states", "0")).isEqualTo(2);
    assertThat(deed("explore", "--path", "keep: dance")).isEqualTo(2);
    assertThat(err.toString()).contains("\"dance\" is not possible");
  }
}
