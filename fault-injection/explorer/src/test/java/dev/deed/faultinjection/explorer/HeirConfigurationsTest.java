package dev.deed.faultinjection.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Configurations are what their texts say: who is chosen as an heir, and as the executor of a task
/// without a place, follows from ids.
final class HeirConfigurationsTest {
  @ParameterizedTest
  @CsvSource({
    "heir-put, O, A, B",
    "heir-chain, O, A, B",
    "heir-crash-O, O, A, B",
    "heir-result, O, A, B",
    "heir-stored, O, A, B",
    "heir-inside, A, B, O",
    "heir-holds, O, A, B",
    "heir-lineage, A, B, O",
    "adopt-crash, A, B, O",
    "adopt-owner, A, B, O",
    "adopt-elsewhere, A, B, C",
    "adopt-chain, A, B, C",
    "put-again, A, B, O"
  })
  void theHeirIsAsItIsSaid(String configuration, String creator, String heir, String other) {
    String path =
        "%s: crash %s; follow %s; follow %s".formatted(configuration, creator, heir, other);
    assertThat(Exploration.story(Path.parse(path)))
        .anyMatch(step ->
            step.contains(
                "sends %s the answer to the roll call of %s's estate".formatted(heir, creator)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"adopt", "adopt-owner", "adopt-elsewhere", "adopt-chain", "put-again"})
  void theTaskThatMayRunAgainIsFirstAskedOfTheWorkerThatMayDie(String configuration) {
    assertThat(Exploration.story(Path.parse(configuration + ": act O main")))
        .anyMatch(step -> step.contains("calls t, sends A a request for a lease"));
  }
}
