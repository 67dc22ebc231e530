package dev.deed.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What lineage costs, and whose goes first.
final class LineageBudgetTest {
  private static final long SECOND = 1_000_000_000;

  private final LineageBudget<TaskId> budget = new LineageBudget<>(1_000);

  private static TaskId task(int number) {
    return TaskId.root(1, number);
  }

  @Test
  void itIsExceededOnlyAboveItsLimit() {
    budget.retain(task(1), 1_000, SECOND);
    assertThat(budget.exceeded()).isFalse();
    budget.retain(task(2), 1, SECOND);
    assertThat(budget.exceeded()).isTrue();
    budget.release(task(2));
    assertThat(budget.exceeded()).isFalse();
    assertThat(budget.bytes()).isEqualTo(1_000);
  }

  @Test
  void whatHasMostBytesForASecondOfComputingGoesFirst() {
    budget.retain(task(1), 100, 10 * SECOND);
    budget.retain(task(2), 300, 60 * SECOND);
    budget.retain(task(3), 10, SECOND / 2);
    assertThat(budget.victim()).contains(task(3));
    budget.release(task(3));
    assertThat(budget.victim()).contains(task(1));
    budget.keepArgument(List.of(task(2)), 100_000);
    assertThat(budget.victim()).contains(task(2));
    budget.dropArgument(List.of(task(2)), 100_000);
    assertThat(budget.victim()).contains(task(1));
  }

  @Test
  void anArgumentOfSeveralTasksCountsOnce() {
    budget.retain(task(1), 10, SECOND);
    budget.retain(task(2), 10, SECOND);
    budget.keepArgument(List.of(task(1), task(2)), 500);
    assertThat(budget.bytes()).isEqualTo(520);
    budget.release(task(1));
    assertThat(budget.bytes()).isEqualTo(510);
    budget.dropArgument(List.of(task(2)), 500);
    budget.release(task(2));
    assertThat(budget.bytes()).isZero();
    assertThat(budget.victim()).isEmpty();
  }

  @Test
  void retainingAgainReplacesAndReleasingAgainDoesNothing() {
    budget.retain(task(1), 10, SECOND);
    budget.retain(task(1), 30, SECOND);
    assertThat(budget.bytes()).isEqualTo(30);
    assertThat(budget.size()).isEqualTo(1);
    budget.release(task(1));
    budget.release(task(1));
    assertThat(budget.bytes()).isZero();
    assertThat(budget.size()).isZero();
  }
}
