package dev.deed.evaluation.bench;

import static dev.deed.Deed.await;
import static dev.deed.Deed.put;
import static dev.deed.Deed.submit;
import static dev.deed.evaluation.bench.TaskBenchmarks.close;
import static dev.deed.evaluation.bench.TaskBenchmarks.expect;
import static dev.deed.evaluation.bench.TaskBenchmarks.repeat;

import dev.deed.Ready;
import dev.deed.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What values and waiting for them cost.
final class ValueBenchmarks {
  private static final Duration LONG = Duration.ofMinutes(1);

  private ValueBenchmarks() {}

  /// `put.small`: puts a number, and gives the reference back.
  static List<Figure> putSmall(Rounds rounds, Sizes sizes) throws Exception {
    double rate = rounds.rate(steps -> repeat(steps, () -> put(7).close()));
    return List.of(Figure.rate("put.small", rate));
  }

  /// `get.small`: gets a number that is there.
  static List<Figure> getSmall(Rounds rounds, Sizes sizes) throws Exception {
    try (Ref<Integer> value = put(7)) {
      double rate = rounds.rate(steps -> repeat(steps, () -> expect(7, value.get())));
      return List.of(Figure.rate("get.small", rate));
    }
  }

  /// `put-get.1MiB`: puts an array, and gets it.
  static List<Figure> putGetLarge(Rounds rounds, Sizes sizes) throws Exception {
    byte[] bytes = new byte[sizes.bytes()];
    double rate =
        rounds.rate(steps ->
            repeat(
                steps,
                () -> {
                  try (Ref<byte[]> value = put(bytes)) {
                    expect(bytes.length, value.get().length);
                  }
                }));
    return List.of(Figure.rate("put-get.1MiB", rate));
  }

  /// `task.arg.1MiB`: puts an array, has a task join it, and gets the task's result.
  static List<Figure> largeArgument(Rounds rounds, Sizes sizes) throws Exception {
    byte[] bytes = new byte[sizes.bytes()];
    double rate =
        rounds.rate(steps ->
            repeat(
                steps,
                () -> {
                  try (Ref<byte[]> value = put(bytes);
                      Ref<Integer> length = submit(ValueBenchmarks::length, value)) {
                    expect(bytes.length, length.get());
                  }
                }));
    return List.of(Figure.rate("task.arg.1MiB", rate));
  }

  /// `wait.1k`: submits tasks, and waits for one of those left until there are none.
  static List<Figure> waitForEach(Rounds rounds, Sizes sizes) throws Exception {
    double rate =
        rounds.rate(steps ->
            repeat(
                steps,
                () -> {
                  List<Ref<Integer>> left = new ArrayList<>(sizes.waits());
                  for (int i = 0; i < sizes.waits(); i++) {
                    left.add(submit(TaskBenchmarks::nothing));
                  }
                  List<Ref<Integer>> all = left;
                  for (int i = 0; i < sizes.waits(); i++) {
                    left = without(await(left, 1, LONG));
                  }
                  expect(0, left.size());
                  close(all);
                }));
    return List.of(Figure.rate("wait.1k", rate));
  }

  /// All but the first that is done.
  private static List<Ref<Integer>> without(Ready<Ref<Integer>> ready) {
    List<Ref<Integer>> left = new ArrayList<>(ready.done().subList(1, ready.done().size()));
    left.addAll(ready.pending());
    return left;
  }

  /// `get.nested.10k`: gets a value that holds references, each of which becomes a new borrower.
  static List<Figure> getNested(Rounds rounds, Sizes sizes) throws Exception {
    int size = sizes.nested();
    try (Ref<List<Ref<Integer>>> nest = submit(() -> nest(size))) {
      double rate =
          rounds.rate(steps ->
              repeat(
                  steps,
                  () -> {
                    List<Ref<Integer>> refs = nest.get();
                    expect(size, refs.size());
                    close(refs);
                  }));
      return List.of(Figure.rate("get.nested.10k", rate));
    }
  }

  private static List<Ref<Integer>> nest(int size) {
    List<Ref<Integer>> refs = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      refs.add(put(i));
    }
    return refs;
  }

  private static int length(byte[] bytes) {
    return bytes.length;
  }
}
