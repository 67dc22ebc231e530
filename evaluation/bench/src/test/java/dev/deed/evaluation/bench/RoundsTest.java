package dev.deed.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How often a benchmark is repeated.
class RoundsTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  @Test
  void onceIsOneStep() throws Exception {
    List<Integer> steps = new ArrayList<>();
    Rounds.ONCE.rate(steps::add);
    assertThat(steps).containsExactly(1);
  }

  @Test
  void warmUpRoundsComeBeforeTheMeasuredOnesAndAreOfTheSameSize() throws Exception {
    List<Integer> steps = new ArrayList<>();
    List<Integer> resetAfter = new ArrayList<>();
    new Rounds(3, 5, Duration.ZERO, LONG).rate(steps::add, () -> resetAfter.add(steps.size()));
    assertThat(steps).hasSize(8).containsOnly(1);
    assertThat(resetAfter).containsExactly(3);
  }

  @Test
  void aRoundHasSoManyStepsAsFillItsTime() throws Exception {
    List<Integer> steps = new ArrayList<>();
    new Rounds(1, 1, Duration.ofMillis(2), LONG)
        .rate(count -> {
          steps.add(count);
          for (long endNs = System.nanoTime() + count * 1_000L; System.nanoTime() < endNs; ) {
            Thread.onSpinWait();
          }
        });
    // Steps of a microsecond at least, and 2 milliseconds: at most 2000 of them.
    assertThat(steps.getLast()).isBetween(1, 2000);
    assertThat(steps.size()).isGreaterThan(2);
  }

  @Test
  void aSlowFirstStepDoesNotMakeRoundsShort() throws Exception {
    List<Integer> steps = new ArrayList<>();
    new Rounds(2, 1, Duration.ofMillis(50), LONG)
        .rate(count -> {
          long stepNs = steps.isEmpty() ? 100_000_000L : 10_000L;
          steps.add(count);
          for (long endNs = System.nanoTime() + count * stepNs; System.nanoTime() < endNs; ) {
            Thread.onSpinWait();
          }
        });
    assertThat(steps.getFirst()).isEqualTo(1);
    assertThat(steps.getLast()).isGreaterThan(100);
  }

  @Test
  void roundsThatTakeTooLongAreFewerButAtLeastOne() throws Exception {
    List<Integer> steps = new ArrayList<>();
    double rate = new Rounds(3, 5, Duration.ZERO, Duration.ZERO).rate(steps::add);
    assertThat(steps).hasSize(1);
    assertThat(rate).isPositive();
  }

  @Test
  void theMedianIsTheMiddle() {
    assertThat(Rounds.median(new double[] {9, 1, 5})).isEqualTo(5);
    assertThat(Rounds.median(new double[] {1, 9, 2, 4})).isEqualTo(3);
  }
}
