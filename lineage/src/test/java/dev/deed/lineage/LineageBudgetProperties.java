package dev.deed.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    LineageBudget<TaskId> counted = new LineageBudget<>(2_000);
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

  /// One of a few tasks, and one of a few arguments with the tasks that alone keep it from now on
  /// (as far as their lineage is kept).
  record Weighing(Step task, int argument, Set<Integer> keepers, long bytes) {}

  /// An argument's value in the plain recount.
  record Kept(Set<TaskId> keepers, long bytes) {}

  @Provide
  Arbitrary<List<Weighing>> weighings() {
    Arbitrary<Step> task =
        Combinators.combine(
                Arbitraries.integers().between(0, 4),
                Arbitraries.longs().between(0, 1_000),
                Arbitraries.longs().between(SECOND, 100 * SECOND))
            .as(Step::new);
    return Combinators.combine(
            task,
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 4).set().ofMaxSize(4),
            Arbitraries.longs().between(0, 5_000))
        .as(Weighing::new)
        .list()
        .ofMaxSize(40);
  }

  @Property
  void itWeighsArgumentsLikeAPlainRecount(@ForAll("weighings") List<Weighing> weighings) {
    LineageBudget<TaskId> counted = new LineageBudget<>(2_000);
    Map<TaskId, Step> tasks = new HashMap<>();
    Map<Integer, Kept> arguments = new HashMap<>();
    for (Weighing weighing : weighings) {
      Step step = weighing.task;
      TaskId id = TaskId.root(1, step.task);
      if (step.bytes == 0) {
        counted.release(id);
        tasks.remove(id);
        arguments.values().forEach(kept -> kept.keepers.remove(id));
      } else {
        counted.retain(id, step.bytes, step.durationNs);
        tasks.put(id, step);
      }
      Kept old = arguments.remove(weighing.argument);
      if (old != null) {
        counted.dropArgument(old.keepers, old.bytes);
      }
      Set<TaskId> keepers = new LinkedHashSet<>();
      weighing.keepers.forEach(number -> keepers.add(TaskId.root(1, number)));
      keepers.retainAll(tasks.keySet());
      counted.keepArgument(keepers, weighing.bytes);
      arguments.put(weighing.argument, new Kept(keepers, weighing.bytes));

      long sum = tasks.values().stream().mapToLong(Step::bytes).sum();
      sum += arguments.values().stream().mapToLong(Kept::bytes).sum();
      assertThat(counted.bytes()).isEqualTo(sum);
      double most =
          tasks.keySet().stream().mapToDouble(t -> weight(t, tasks, arguments)).max().orElse(-1);
      double victim = counted.victim().map(t -> weight(t, tasks, arguments)).orElse(-1.0);
      assertThat(victim).isEqualTo(most);
    }
  }

  private static double weight(TaskId task, Map<TaskId, Step> tasks, Map<Integer, Kept> arguments) {
    Step step = Objects.requireNonNull(tasks.get(task));
    long bytes = step.bytes;
    for (Kept kept : arguments.values()) {
      bytes += kept.keepers.contains(task) ? kept.bytes : 0;
    }
    return bytesPerSecond(new Step(step.task, bytes, step.durationNs));
  }

  private static double bytesPerSecond(Step step) {
    return step.bytes / Math.max(1e-6, step.durationNs / 1e9);
  }
}
