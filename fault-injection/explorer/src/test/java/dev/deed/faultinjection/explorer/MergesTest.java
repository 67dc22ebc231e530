package dev.deed.faultinjection.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two ways to what counts as one state of a worker: whatever happens then, both send the same and
/// come to the same state again. This is what a search relies on.
final class MergesTest {
  private static final int MOST = 4_000;

  private record Merge(LocalState known, LocalState before, LocalEvent event) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "handover-crash",
        "again-pause",
        "inside-crash",
        "stored-crash",
        "returned-crash",
        "heir-crash-O",
        "heir-put",
        "adopt-crash"
      })
  void whatCountsAsOneStateBehavesAsOne(String configuration) {
    Search search =
        new Search(
            Exploration.configuration(configuration), Limits.ofHeap(100_000, Double.MAX_VALUE));
    LocalState.Table states = search.stage().states;
    List<Merge> merges = new ArrayList<>();
    states.onMerge((known, before, event) -> merges.add(new Merge(known, before, event)));
    search.run(_ -> {});
    states.onMerge((_, _, _) -> {});
    int looked = 0;
    for (Merge merge : merges) {
      for (LocalState.Step step : merge.known().steps()) {
        if (looked++ < MOST) {
          behaveAlike(states, merge, step);
        }
      }
    }
    assertThat(looked).isPositive();
  }

  private static void behaveAlike(LocalState.Table states, Merge merge, LocalState.Step step) {
    Host other = states.revive(merge.before());
    other.apply(merge.event());
    other.takeOrders();
    other.apply(step.event());
    assertThat(states.orders(merge.known().worker, other)).isEqualTo(step.orders());
    Digest there = states.digest(other);
    Host same = states.revive(merge.known());
    same.apply(step.event());
    Digest here = states.digest(same);
    assertThat(there.high()).isEqualTo(here.high());
    assertThat(there.low()).isEqualTo(here.low());
  }
}
