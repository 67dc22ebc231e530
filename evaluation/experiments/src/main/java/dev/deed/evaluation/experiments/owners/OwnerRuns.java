package dev.deed.evaluation.experiments.owners;

import dev.deed.DeedConfig;
import dev.deed.DeedException;
import dev.deed.Durability;
import dev.deed.Member;
import dev.deed.Ref;
import dev.deed.WorkerId;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.cluster.ClusterControl;
import dev.deed.papers.nsdi21.Executions;
import dev.deed.papers.nsdi21.Executions.Execution;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/// Makes the measurements: clusters of worker processes, whose owners are killed by `SIGKILL`.
final class OwnerRuns {
  /// Measurements for each setting, the speeds aside.
  static final int EACH = 5;

  /// The settings for which many kills are made.
  static final List<Setting> TAKEOVERS =
      List.of(new Setting(Durability.ASYNC, 1), new Setting(Durability.SYNC, 1));

  private static final int OBJECTS = 100;
  private static final int CHILDREN = 200;
  private static final long CHILD_MS = 20;
  private static final List<Integer> KILLED_AT = List.of(0, 10, 50, 90);

  /// What an owner did last is with its heirs after a few milliseconds; this is the time of a
  /// program that goes on doing something else.
  private static final Duration AGO = Duration.ofMillis(200);

  private final Trial trial;
  private final Path scratch;

  OwnerRuns(Trial trial, Path scratch) {
    this.trial = trial;
    this.scratch = scratch;
  }

  List<OwnerRun> of(Setting setting) throws IOException {
    List<OwnerRun> runs = new ArrayList<>();
    runs.add(told(reads(setting)));
    for (int percent : KILLED_AT) {
      runs.add(told(parent(setting, percent)));
    }
    return runs;
  }

  private OwnerRun told(OwnerRun run) {
    trial.listener().measured(run);
    return run;
  }

  /// A cluster whose owners have their heirs, which they find in their first seconds.
  private ClusterControl start(Setting setting) {
    ClusterControl cluster = trial.clusters().start(trial.workers(), setting.of(DeedConfig.load()));
    try {
      if (setting.survives()) {
        for (Member worker : cluster.workers()) {
          OwnerCalls.at(cluster, worker.id(), OwnerPrograms::hasHeirs);
        }
      }
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  private boolean quick() {
    return trial.effort() == Trial.Effort.QUICK;
  }

  // --- objects of a killed owner ----------------------------------------------------------------

  private OwnerRun reads(Setting setting) {
    trial.listener().begins(OBJECTS + " objects of a killed owner, " + setting);
    int readable = 0;
    double firstMs = Double.NaN;
    double seconds = Double.NaN;
    Optional<String> error = Optional.empty();
    try (ClusterControl cluster = start(setting)) {
      OwnerPrograms.Held held = held(cluster, OBJECTS);
      Thread.sleep(AGO);
      long began = System.nanoTime();
      kill(cluster, held.owner());
      for (int i = 0; i < OBJECTS; i++) {
        if (reads(held.values().get(i), i)) {
          if (readable++ == 0) {
            firstMs = secondsSince(began) * 1e3;
          }
        }
      }
      seconds = secondsSince(began);
      if (setting.survives() && readable < OBJECTS) {
        error =
            Optional.of(setting + ": " + readable + " of " + OBJECTS + " objects could be read");
      }
    } catch (DeedException e) {
      error = Optional.of(words("reads", setting, e));
    } catch (InterruptedException e) {
      throw interrupted();
    }
    return new OwnerRun.Reads(
        OwnersExperiment.PAPER,
        OwnersExperiment.FIGURE,
        "reads." + setting.key(),
        setting,
        seconds,
        OBJECTS,
        readable,
        firstMs,
        error);
  }

  private static OwnerPrograms.Held held(ClusterControl cluster, int objects) {
    return OwnerCalls.anywhere(cluster, () -> OwnerPrograms.puts(objects));
  }

  private static boolean reads(Ref<Integer> value, int expected) {
    try {
      return value.get(OwnerCalls.LONGEST) == expected;
    } catch (DeedException e) {
      return false;
    }
  }

  private static void kill(ClusterControl cluster, WorkerId owner) {
    Member member =
        cluster.workers().stream()
            .filter(worker -> worker.id().equals(owner))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("owner " + owner + " is no member"));
    cluster.kill(member);
  }

  // --- a killed parent --------------------------------------------------------------------------

  private OwnerRun parent(Setting setting, int percent) throws IOException {
    trial
        .listener()
        .begins(
            (percent == 0 ? "a parent, undisturbed, " : "a parent, killed at " + percent + " %, ")
                + setting);
    Executions executions =
        new Executions(scratch.resolve("parent." + setting.key() + "." + percent).toString());
    double seconds;
    long began = System.nanoTime();
    Optional<String> error;
    try (ClusterControl cluster = start(setting);
        ExecutorService background = Executors.newVirtualThreadPerTaskExecutor()) {
      // Classes are loaded and links made before the clock starts.
      parent(cluster, 20, Executions.NONE);
      began = System.nanoTime();
      Future<Integer> sum = background.submit(() -> parent(cluster, CHILDREN, executions));
      if (percent > 0) {
        killParent(cluster, executions, percent);
      }
      int right = CHILDREN * (CHILDREN - 1) / 2;
      int got = sum.get();
      seconds = secondsSince(began);
      error =
          got == right
              ? Optional.empty()
              : Optional.of(setting + ": the children added up to " + got + ", not " + right);
    } catch (ExecutionException e) {
      seconds = secondsSince(began);
      error = Optional.of(words("parent", setting, Objects.requireNonNullElse(e.getCause(), e)));
    } catch (InterruptedException e) {
      throw interrupted();
    }
    int executed =
        (int) executions.read().stream().filter(one -> one.stage().equals("child")).count();
    return new OwnerRun.Parent(
        OwnersExperiment.PAPER,
        OwnersExperiment.FIGURE,
        "parent." + setting.key() + (percent == 0 ? "" : ".killed"),
        setting,
        seconds,
        percent,
        CHILDREN,
        executed,
        error);
  }

  private static int parent(ClusterControl cluster, int children, Executions executions) {
    return OwnerCalls.anywhere(cluster, () -> OwnerPrograms.parent(children, CHILD_MS, executions));
  }

  /// Kills the worker of the parent when so many of its children are done.
  private static void killParent(ClusterControl cluster, Executions executions, int percent)
      throws IOException, InterruptedException {
    List<Execution> begun = executions.read();
    while (done(begun) < CHILDREN * percent / 100) {
      Thread.sleep(Duration.ofMillis(5));
      begun = executions.read();
    }
    long pid =
        begun.stream()
            .filter(execution -> execution.stage().equals("parent"))
            .mapToLong(Execution::pid)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("children without a parent"));
    cluster.kill(
        cluster.workers().stream()
            .filter(worker -> worker.pid() == pid)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("process " + pid + " is no member")));
  }

  private static long done(List<Execution> executions) {
    return executions.stream()
        .filter(one -> one.stage().equals("child") && one.endedMs().isPresent())
        .count();
  }

  // --- many kills -------------------------------------------------------------------------------

  OwnerRun takeovers(Setting setting) {
    int kills = quick() ? 10 : 50;
    trial.listener().begins(kills + " kills, " + setting);
    Histogram micros = new Histogram(3);
    long began = System.nanoTime();
    Optional<String> error = Optional.empty();
    try (ClusterControl cluster = start(setting)) {
      for (int i = 0; i < kills; i++) {
        OwnerPrograms.Held held = held(cluster, 1);
        Thread.sleep(AGO);
        long killed = System.nanoTime();
        kill(cluster, held.owner());
        if (!reads(held.values().getFirst(), 0)) {
          error = Optional.of(setting + ": an object could not be read after kill " + (i + 1));
        }
        micros.recordValue((System.nanoTime() - killed) / 1_000);
        held.values().getFirst().close();
        cluster.addWorker();
      }
    } catch (DeedException e) {
      error = Optional.of(words("takeovers", setting, e));
    } catch (InterruptedException e) {
      throw interrupted();
    }
    OwnerRun run =
        new OwnerRun.Takeovers(
            OwnersExperiment.PAPER,
            OwnersExperiment.FIGURE,
            "takeovers." + setting.key(),
            setting,
            secondsSince(began),
            kills,
            micros.getValueAtPercentile(50) / 1e3,
            micros.getValueAtPercentile(90) / 1e3,
            micros.getMaxValue() / 1e3,
            error);
    return told(run);
  }

  private static String words(String what, Setting setting, Throwable e) {
    return what
        + ", "
        + setting
        + ": "
        + e.getClass().getSimpleName()
        + (e.getMessage() == null ? "" : ": " + e.getMessage());
  }

  private static RuntimeException interrupted() {
    Thread.currentThread().interrupt();
    return new java.util.concurrent.CancellationException("interrupted while measuring");
  }

  private static double secondsSince(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
