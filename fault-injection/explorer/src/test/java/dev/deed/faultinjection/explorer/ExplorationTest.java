package dev.deed.faultinjection.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No invariant can be broken in the small configurations, whatever happens in them. Larger ones
/// are searched by command: `./deed explore`.
final class ExplorationTest {
  private static final Limits ENOUGH = Limits.ofHeap(2_000_000, Double.MAX_VALUE);

  private static Result search(String configuration) {
    return Exploration.run(Exploration.configuration(configuration), ENOUGH, _ -> {});
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keep",
        "late",
        "inside",
        "returned",
        "again",
        "handover",
        "asked",
        "registered",
        "cancelled",
        "stored",
        "stored-once",
        "lineage",
        "passed-up",
        "pending-inside",
        "stored-put",
        "inside-elsewhere",
        "chain"
      })
  void nothingBreaksWithoutFaults(String configuration) {
    assertClean(search(configuration));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keep-crash",
        "late-crash",
        "inside-crash",
        "returned-crash",
        "again-crash",
        "handover-crash",
        "asked-crash",
        "stored-crash",
        "passed-up-crash"
      })
  void nothingBreaksWhenAnybodyDiesAtAnyMoment(String configuration) {
    assertClean(search(configuration));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keep-pause",
        "late-pause",
        "inside-pause",
        "returned-pause",
        "again-pause",
        "stored-pause"
      })
  void nothingBreaksWhenAnybodyIsDeclaredDeadAndGoesOn(String configuration) {
    assertClean(search(configuration));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "heir-crash-O",
        "heir-crash-O-sync",
        "heir-loss",
        "heir-put",
        "heir-replaced",
        "heir-two-put",
        "heir-inside",
        "heir-inside-sync",
        "heir-stored",
        "heir-stored-sync",
        "heir-joining-sync",
        "adopt-crash"
      })
  void nothingBreaksWhenEstatesOutliveTheirServers(String configuration) {
    assertClean(search(configuration));
  }

  private static void assertClean(Result result) {
    assertThat(result.violation().map(found -> found.text() + "\n" + found.path())).isEmpty();
    assertThat(result.exhausted()).isTrue();
    assertThat(result.ends()).isPositive();
  }

  @Test
  void theSameSearchSeesTheSameStates() {
    Result first = search("again-crash");
    Result second = search("again-crash");
    assertThat(second.states()).isEqualTo(first.states());
    assertThat(second.transitions()).isEqualTo(first.transitions());
    assertThat(second.workerStates()).isEqualTo(first.workerStates());
  }

  @Test
  void aSearchThatMeetsItsLimitSaysSo() {
    Configuration handover = Exploration.configuration("handover-crash");
    Result result = Exploration.run(handover, Limits.ofHeap(5_000, Double.MAX_VALUE), _ -> {});
    assertThat(result.exhausted()).isFalse();
    assertThat(result.violation()).isEqualTo(Optional.empty());
    assertThat(result.stopped()).contains("5000 states", "--max-states");
    Result small = Exploration.run(handover, new Limits(1_000_000, 60, 1 << 20), _ -> {});
    assertThat(small.stopped()).contains("1 MiB", "larger heap");
  }
}
