package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.DeedConfig;
import dev.deed.DeedException;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.cluster.ClusterControl;
import dev.deed.papers.nsdi21.Executions;
import dev.deed.papers.nsdi21.RecoveryChain;
import dev.deed.papers.nsdi21.RecoveryChain.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs the recovery chain for each size and delay, undisturbed and with the worker killed: a
/// driver and one worker, which at half of the ideal time is killed and replaced (section 5.1 of
/// the paper).
final class ChainRuns {
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final int WARM_UP_TASKS = 10;

  private final Trial trial;
  private final Path scratch;
  private final Plan plan;

  ChainRuns(Trial trial, Path scratch, Plan plan) {
    this.trial = trial;
    this.scratch = scratch;
    this.plan = plan;
  }

  /// Which chains.
  ///
  /// @param total the sum of the delays of a chain
  /// @param delaysMs each a chain
  record Plan(Duration total, List<Integer> delaysMs) {
    static final Plan QUICK = new Plan(Duration.ofSeconds(2), List.of(100, 50, 10));
    static final Plan FULL = new Plan(Duration.ofSeconds(10), List.of(1000, 500, 100, 50, 10));

    static Plan of(Trial.Effort effort) {
      return switch (effort) {
        case QUICK -> QUICK;
        case FULL -> FULL;
      };
    }

    int count() {
      return Size.values().length * delaysMs.size() * 2;
    }
  }

  List<ChainRun> run() throws IOException {
    List<ChainRun> runs = new ArrayList<>();
    for (Size size : Size.values()) {
      for (int delayMs : plan.delaysMs()) {
        for (boolean kill : List.of(false, true)) {
          trial
              .listener()
              .begins(
                  String.format(
                      Locale.ROOT,
                      "chain, %s values, %d ms%s",
                      name(size),
                      delayMs,
                      kill ? ", worker killed" : ""));
          ChainRun run = one(size, delayMs, kill);
          trial.listener().measured(run);
          runs.add(run);
        }
      }
    }
    return runs;
  }

  private ChainRun one(Size size, int delayMs, boolean kill) throws IOException {
    int tasks = (int) (plan.total().toMillis() / delayMs);
    String name = "chain." + name(size) + (kill ? ".killed" : "");
    Executions executions = new Executions(scratch.resolve(name + "." + delayMs).toString());
    double addSeconds = 0;
    Optional<String> error;
    double seconds;
    long began = System.nanoTime();
    try (ClusterControl cluster = trial.clusters().start(1, DeedConfig.load());
        ExecutorService background = Executors.newVirtualThreadPerTaskExecutor()) {
      // Classes are loaded and links made before the clock starts, as in a cluster that is in use.
      chain(cluster, size, WARM_UP_TASKS, Duration.ZERO, Executions.NONE);
      began = System.nanoTime();
      Future<Double> replaced =
          background.submit(() -> kill ? replaceWorker(cluster, plan.total().dividedBy(2)) : 0);
      int value = chain(cluster, size, tasks, Duration.ofMillis(delayMs), executions);
      seconds = IndexRuns.secondsSince(began);
      addSeconds = result(replaced);
      error =
          value == tasks
              ? Optional.empty()
              : Optional.of(name + ": the chain of " + tasks + " tasks counted to " + value);
    } catch (DeedException e) {
      seconds = IndexRuns.secondsSince(began);
      error = Optional.of(name + ": " + e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    return new ChainRun(
        RecoveryExperiment.PAPER,
        RecoveryExperiment.FIGURE,
        name,
        seconds,
        delayMs,
        tasks,
        plan.total().toMillis() / 1e3,
        kill,
        addSeconds,
        Executed.of(executions.read()),
        error);
  }

  private static int chain(
      ClusterControl cluster, Size size, int tasks, Duration delay, Executions executions) {
    return cluster
        .session()
        .callHere(() -> RecoveryChain.run(size, tasks, delay, LONGEST, executions));
  }

  /// Waits, kills the worker and adds one; returns how many seconds the adding took.
  private static double replaceWorker(ClusterControl cluster, Duration after)
      throws InterruptedException {
    Thread.sleep(after);
    cluster.kill(cluster.workers().getFirst());
    long began = System.nanoTime();
    cluster.addWorker();
    return IndexRuns.secondsSince(began);
  }

  private static double result(Future<Double> replaced) {
    try {
      return replaced.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a worker was replaced");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the worker could not be replaced: " + e.getCause(), e);
    }
  }

  private static String name(Size size) {
    return size.name().toLowerCase(Locale.ROOT);
  }
}
