package dev.deed.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// The lineage budget against a plain sum.
final class LineageBudgetProperties {
  private static final long SECOND = 1_000_000_000;

  /// Retains (bytes of 1 or more) or releases (0) the lineage of one of a few tasks.
  record Step(int task, long bytes, long durationNs) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 9),
            Arbitraries.longs().between(0, 1_000),
            Arbitraries.longs().between(0, 100 * SECOND))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  @Property
  void itCountsWhatIsRetainedAndItsVictimIsOneOfThose(@ForAll("steps") List<Step> steps) {
    LineageBudget counted = new LineageBudget(2_000);
    Map<TaskId, Step> model = new HashMap<>();
    for (Step step : steps) {
      TaskId id = TaskId.root(1, step.task);
      if (step.bytes == 0) {
        counted.release(id);
        model.remove(id);
      } else {
        counted.retain(id, step.bytes, step.durationNs);
        model.put(id, step);
      }
      long sum = model.values().stream().mapToLong(Step::bytes).sum();
      assertThat(counted.bytes()).isEqualTo(sum);
      assertThat(counted.exceeded()).isEqualTo(sum > 2_000);
      assertThat(counted.size()).isEqualTo(model.size());
      double most =
          model.values().stream()
              .mapToDouble(LineageBudgetProperties::bytesPerSecond)
              .max()
              .orElse(-1);
      double victim = counted.victim().map(model::get).map(s -> bytesPerSecond(s)).orElse(-1.0);
      assertThat(victim).isEqualTo(most);
    }
    while (counted.victim().isPresent()) {
      counted.release(counted.victim().get());
    }
    assertThat(counted.bytes()).isZero();
  }

  private static double bytesPerSecond(Step step) {
    return step.bytes / Math.max(1e-6, step.durationNs / 1e9);
  }
}
