package dev.deed.evaluation.bench;

import static dev.deed.Deed.submit;

import dev.deed.Ref;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether a task costs the same among a thousand as among a million.
final class ManyTasks {
  private static final double NANOS = 1e9;
  private static final int POLL_MILLIS = 2;
  private static final int COLLECTIONS = 3;

  private ManyTasks() {}

  /// `task.1M`: submits a million tasks before the first get. Also `.heap`, what this process keeps
  /// for each task that waits, and `.peak`, the most that the heap held in a round, garbage
  /// included.
  static List<Figure> million(Rounds rounds, Sizes sizes) throws Exception {
    int count = sizes.million();
    long[] peak = new long[1];
    double rate =
        rounds.rate(
            steps -> {
              resetPeaks();
              for (int i = 0; i < steps; i++) {
                submitAndGet(count);
              }
              peak[0] = Math.max(peak[0], peakBytes());
            },
            () -> peak[0] = 0);
    return List.of(
        Figure.rate("task.1M", rate * count),
        new Figure("task.1M.heap", pendingBytes(count), "B/task"),
        new Figure("task.1M.peak", (double) peak[0], "B"));
  }

  /// `task.scaling`: what one of so many tasks costs, submitted before the first get.
  static List<Figure> scaling(Rounds rounds, Sizes sizes) throws Exception {
    List<Figure> figures = new ArrayList<>();
    for (int count : sizes.scaling()) {
      double rate =
          rounds.rate(steps -> {
            for (int i = 0; i < steps; i++) {
              submitAndGet(count);
            }
          });
      figures.add(
          new Figure(
              "task.scaling.1e" + Math.round(Math.log10(count)),
              NANOS / (rate * count),
              "ns/task"));
    }
    return figures;
  }

  private static void submitAndGet(int count) {
    List<Ref<Integer>> results = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      results.add(submit(TaskBenchmarks::nothing));
    }
    for (Ref<Integer> result : results) {
      result.get();
      result.close();
    }
  }

  /// Live bytes of the heap for each of so many tasks that all wait for one that doesn't end, with
  /// their references.
  ///
  /// What holds that one back must work across processes: a file.
  private static double pendingBytes(int count) throws IOException {
    Path folder = Files.createTempDirectory("deed-bench-");
    Path gateFile = folder.resolve("open");
    String gateName = gateFile.toString();
    try (Ref<Integer> gate = submit(() -> waitFor(gateName))) {
      long before = liveBytes();
      List<Ref<Integer>> waiting = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        waiting.add(submit(ManyTasks::same, gate));
      }
      long after = liveBytes();
      Files.createFile(gateFile);
      for (Ref<Integer> result : waiting) {
        result.get();
        result.close();
      }
      return (double) (after - before) / count;
    } finally {
      Files.deleteIfExists(gateFile);
      Files.deleteIfExists(folder);
    }
  }

  private static int waitFor(String file) throws InterruptedException {
    while (!Files.exists(Path.of(file))) {
      Thread.sleep(POLL_MILLIS);
    }
    return 0;
  }

  private static int same(int number) {
    return number;
  }

  private static long liveBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static void resetPeaks() {
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  /// The sum of the pools' own peaks, which may lie at different moments: never too little.
  private static long peakBytes() {
    return heapPools().stream()
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(MemoryUsage::getUsed)
        .sum();
  }
}
