package dev.deed.evaluation.bench;

import java.util.List;

/// How large the pieces of the benchmarks are. Their names tell the sizes of [#FULL].
///
/// @param batch tasks submitted before the first of them is read
/// @param chain tasks that depend on each other
/// @param million tasks submitted before the first get of `task.1M`
/// @param arguments references that one task joins
/// @param waits references, and waits for one of them, in a round of `wait.1k`
/// @param nested references inside a value
/// @param bytes of a large value
/// @param scaling numbers of tasks whose cost is compared
record Sizes(
    int batch,
    int chain,
    int million,
    int arguments,
    int waits,
    int nested,
    int bytes,
    List<Integer> scaling) {
  static final Sizes FULL =
      new Sizes(
          1000,
          500,
          1_000_000,
          10_000,
          1000,
          10_000,
          1 << 20,
          List.of(1_000, 10_000, 100_000, 1_000_000));

  /// As small as they still make sense, to try that each benchmark runs.
  static final Sizes TINY = new Sizes(20, 10, 200, 20, 10, 20, 1 << 10, List.of(10, 100));
}
