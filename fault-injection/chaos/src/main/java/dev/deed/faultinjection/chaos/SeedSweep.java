package dev.deed.faultinjection.chaos;

import dev.deed.faultinjection.simulator.Marks.Mark;
import dev.deed.faultinjection.simulator.SimulationRun.FailedSeed;
import dev.deed.faultinjection.simulator.SimulationRun.Report;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Runs many seeds on several threads, each seed on one.
///
/// Seeds are handed out in their order until as many have failed as are wanted; those under way are
/// then ended. What comes out of a seed doesn't depend on the threads, but which seeds come after
/// the last wanted failure does.
final class SeedSweep {
  private final SeedRunner runner;
  private final int mostFailures;
  private final long firstSeed;
  private final int seeds;
  private final AtomicLong next = new AtomicLong();
  private final List<FailedSeed> failures = new ArrayList<>();
  private final Map<Mark, Long> marks = new EnumMap<>(Mark.class);
  private long events;
  private long busyNanos;
  private int done;

  private SeedSweep(long firstSeed, int seeds, int mostFailures, SeedRunner runner) {
    this.firstSeed = firstSeed;
    this.seeds = seeds;
    this.mostFailures = mostFailures;
    this.runner = runner;
  }

  /// Runs one seed; called by several threads at once.
  @FunctionalInterface
  interface SeedRunner {
    Report run(long seed);
  }

  /// What came of it.
  ///
  /// @param seeds that were run
  /// @param events that cores applied, in all of them
  /// @param nanos of real time
  /// @param busyNanos of real time, of all threads together
  /// @param marks how often rare situations were met
  /// @param failures in the order of their seeds
  record Outcome(
      long firstSeed,
      int seeds,
      long events,
      long nanos,
      long busyNanos,
      Map<Mark, Long> marks,
      List<FailedSeed> failures) {
    double eventsPerSecond() {
      return nanos == 0 ? 0 : events * 1e9 / nanos;
    }

    double eventsPerSecondAndThread() {
      return busyNanos == 0 ? 0 : events * 1e9 / busyNanos;
    }
  }

  /// Runs the seeds `firstSeed`, `firstSeed + 1`, …; `watcher` is told of each that is done, one at
  /// a time.
  static Outcome run(
      long firstSeed,
      int seeds,
      int threads,
      int mostFailures,
      SeedRunner runner,
      Consumer<Optional<FailedSeed>> watcher)
      throws InterruptedException {
    SeedSweep sweep = new SeedSweep(firstSeed, seeds, mostFailures, runner);
    long beganNs = System.nanoTime();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          Thread.ofPlatform().name("simulate-" + i).daemon().start(() -> sweep.runAll(watcher)));
    }
    for (Thread thread : all) {
      thread.join();
    }
    return sweep.outcome(System.nanoTime() - beganNs);
  }

  private void runAll(Consumer<Optional<FailedSeed>> watcher) {
    while (wanted()) {
      long index = next.getAndIncrement();
      if (index >= seeds) {
        return;
      }
      long seed = firstSeed + index;
      long beganNs = System.nanoTime();
      try {
        add(runner.run(seed), watcher);
      } catch (RuntimeException e) {
        // The simulator itself has stumbled. Whatever it was, this seed shows it again.
        stumbled(seed, e, System.nanoTime() - beganNs, watcher);
      }
    }
  }

  private synchronized boolean wanted() {
    return failures.size() < mostFailures;
  }

  private synchronized void add(Report report, Consumer<Optional<FailedSeed>> watcher) {
    done++;
    events += report.events();
    busyNanos += report.nanos();
    for (Mark mark : Mark.values()) {
      marks.merge(mark, report.marks().count(mark), Long::sum);
    }
    failures.addAll(report.failures());
    watcher.accept(report.failures().stream().findFirst());
  }

  private synchronized void stumbled(
      long seed, RuntimeException e, long nanos, Consumer<Optional<FailedSeed>> watcher) {
    done++;
    busyNanos += nanos;
    FailedSeed failed =
        new FailedSeed(
            seed, "simulator", e.toString(), "./deed simulate --seed " + seed, Optional.empty());
    failures.add(failed);
    watcher.accept(Optional.of(failed));
  }

  private synchronized Outcome outcome(long nanos) {
    failures.sort(Comparator.comparingLong(FailedSeed::seed));
    return new Outcome(
        firstSeed, done, events, nanos, busyNanos, new EnumMap<>(marks), List.copyOf(failures));
  }
}
