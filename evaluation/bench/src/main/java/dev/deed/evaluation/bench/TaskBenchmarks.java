package dev.deed.evaluation.bench;

import static dev.deed.Deed.getAll;
import static dev.deed.Deed.put;
import static dev.deed.Deed.submit;
import static dev.deed.Deed.submitAll;

import dev.deed.Ref;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// What calling a task costs.
final class TaskBenchmarks {
  private static final int SUBMITTERS = 4;
  private static final long MOST_LATENCY_NS = 60_000_000_000L;
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MICRO = 1e3;

  private TaskBenchmarks() {}

  /// `task.sync`: submits one task that does nothing, and gets its result.
  static List<Figure> sync(Rounds rounds, Sizes sizes) throws Exception {
    Histogram latencyNs = new Histogram(MOST_LATENCY_NS, DIGITS);
    double rate =
        rounds.rate(
            steps -> {
              for (int i = 0; i < steps; i++) {
                long beganNs = System.nanoTime();
                try (Ref<Integer> result = submit(TaskBenchmarks::nothing)) {
                  result.get();
                }
                latencyNs.recordValue(Math.min(MOST_LATENCY_NS, System.nanoTime() - beganNs));
              }
            },
            latencyNs::reset);
    return List.of(
        Figure.rate("task.sync", rate),
        percentile("task.sync.p50", latencyNs, 50),
        percentile("task.sync.p99", latencyNs, 99));
  }

  private static Figure percentile(String name, Histogram latencyNs, double percent) {
    return new Figure(
        name, latencyNs.getValueAtPercentile(percent) / NANOS_PER_MICRO, Figure.MICROS);
  }

  /// `task.async`: submits a batch of tasks that do nothing, and gets all results.
  static List<Figure> async(Rounds rounds, Sizes sizes) throws Exception {
    double batches = rounds.rate(steps -> repeat(steps, () -> batch(sizes.batch())));
    return List.of(Figure.rate("task.async", batches * sizes.batch()));
  }

  /// `task.async.multi`: the same by four tasks at once.
  static List<Figure> asyncMulti(Rounds rounds, Sizes sizes) throws Exception {
    int size = sizes.batch();
    double steps =
        rounds.rate(count -> {
          List<Ref<Integer>> submitters = new ArrayList<>(SUBMITTERS);
          for (int i = 0; i < SUBMITTERS; i++) {
            submitters.add(submit(() -> batches(count, size)));
          }
          getAll(submitters);
          close(submitters);
        });
    return List.of(Figure.rate("task.async.multi", steps * SUBMITTERS * size));
  }

  /// `task.chain`: increments, each of which joins the one before.
  static List<Figure> chain(Rounds rounds, Sizes sizes) throws Exception {
    double chains = rounds.rate(steps -> repeat(steps, () -> chain(sizes.chain())));
    return List.of(Figure.rate("task.chain", chains * sizes.chain()));
  }

  private static void chain(int length) {
    List<Ref<Integer>> all = new ArrayList<>(length + 1);
    Ref<Integer> last = put(0);
    all.add(last);
    for (int i = 0; i < length; i++) {
      last = submit(TaskBenchmarks::increment, last);
      all.add(last);
    }
    expect(length, last.get());
    close(all);
  }

  /// `task.args.10k`: puts values, and has one task join them all.
  static List<Figure> manyArguments(Rounds rounds, Sizes sizes) throws Exception {
    double rate =
        rounds.rate(steps ->
            repeat(
                steps,
                () -> {
                  List<Ref<Integer>> arguments = new ArrayList<>(sizes.arguments());
                  for (int i = 0; i < sizes.arguments(); i++) {
                    arguments.add(put(i));
                  }
                  try (Ref<Integer> size = submitAll(TaskBenchmarks::size, arguments)) {
                    expect(sizes.arguments(), size.get());
                  }
                  close(arguments);
                }));
    return List.of(Figure.rate("task.args.10k", rate));
  }

  private static int batches(int count, int size) {
    repeat(count, () -> batch(size));
    return count;
  }

  private static void batch(int size) {
    List<Ref<Integer>> results = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      results.add(submit(TaskBenchmarks::nothing));
    }
    getAll(results);
    close(results);
  }

  static void repeat(int count, Runnable step) {
    for (int i = 0; i < count; i++) {
      step.run();
    }
  }

  static void close(List<? extends Ref<?>> refs) {
    refs.forEach(Ref::close);
  }

  /// A benchmark that computes nonsense measures nothing.
  static void expect(int wanted, int found) {
    if (wanted != found) {
      throw new IllegalStateException("a benchmark got " + found + " instead of " + wanted);
    }
  }

  static int nothing() {
    return 0;
  }

  private static int increment(int number) {
    return number + 1;
  }

  private static int size(List<Integer> list) {
    return list.size();
  }
}
