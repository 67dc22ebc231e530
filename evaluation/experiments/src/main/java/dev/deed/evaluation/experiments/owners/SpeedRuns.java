package dev.deed.evaluation.experiments.owners;

import dev.deed.DeedConfig;
import dev.deed.DeedException;
import dev.deed.WorkerId;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.cluster.ClusterControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Measures how fast an owner is without a failure.
///
/// The clusters of all settings stand at the same time and are measured by turns of seconds, each
/// turn compared with that of `NONE` in the same round: what the machine does besides changes its
/// speed by half from minute to minute.
final class SpeedRuns {
  static final Duration TURN = Duration.ofSeconds(2);

  /// The first rounds are not counted. In trials the compilers of the virtual machines had little
  /// to do after a minute of load, and something for half of another.
  private static final int FULL_WARM_UPS = 36;

  private static final int FULL_ROUNDS = 30;
  private static final int QUICK_WARM_UPS = 6;
  private static final int QUICK_ROUNDS = 5;

  /// Calls one after the other in a turn.
  private static final int SINGLES = 500;

  private final Trial trial;

  SpeedRuns(Trial trial) {
    this.trial = trial;
  }

  /// A cluster, and the worker that owns what is called there.
  private record Runner(Setting setting, ClusterControl cluster, WorkerId owner) {}

  /// @param cpuUs of all workers, a task
  /// @param bytes replicated, a task
  private record Turn(double rate, double p50Us, double p99Us, double cpuUs, double bytes) {}

  /// A measurement for each setting, or one that tells what went wrong.
  List<OwnerRun> all() {
    boolean quick = trial.effort() == Trial.Effort.QUICK;
    int rounds = quick ? QUICK_ROUNDS : FULL_ROUNDS;
    int warmUps = quick ? QUICK_WARM_UPS : FULL_WARM_UPS;
    long began = System.nanoTime();
    trial.listener().begins("owners without a failure, " + (warmUps + rounds) + " turns of each");
    List<Runner> runners = new ArrayList<>();
    Turn[][] turns = new Turn[rounds][Setting.ALL.size()];
    Optional<String> error = Optional.empty();
    try {
      for (Setting setting : Setting.ALL) {
        ClusterControl cluster =
            trial.clusters().start(trial.workers(), setting.of(DeedConfig.load()));
        runners.add(new Runner(setting, cluster, cluster.workers().getFirst().id()));
      }
      for (int round = -warmUps; round < rounds; round++) {
        for (int i = 0; i < runners.size(); i++) {
          Turn turn = turn(runners.get(i));
          if (round >= 0) {
            turns[round][i] = turn;
          }
        }
      }
    } catch (DeedException e) {
      error = Optional.of("speed: " + e.getClass().getSimpleName() + ": " + e.getMessage());
    } finally {
      runners.forEach(runner -> runner.cluster().close());
    }
    double seconds = (System.nanoTime() - began) / 1e9 / Setting.ALL.size();
    List<OwnerRun> runs = new ArrayList<>();
    for (int i = 0; i < Setting.ALL.size(); i++) {
      runs.add(
          run(Setting.ALL.get(i), i, error.isPresent() ? new Turn[0][] : turns, seconds, error));
    }
    runs.forEach(trial.listener()::measured);
    return runs;
  }

  private static OwnerRun run(
      Setting setting, int column, Turn[][] turns, double seconds, Optional<String> error) {
    return new OwnerRun.Speed(
        OwnersExperiment.PAPER,
        OwnersExperiment.FIGURE,
        "speed." + setting.key(),
        setting,
        seconds,
        turns.length,
        median(turns, round -> round[column].rate),
        median(turns, round -> round[column].rate / round[0].rate),
        median(turns, round -> round[column].p50Us),
        median(turns, round -> round[column].p99Us),
        median(turns, round -> round[column].cpuUs),
        median(turns, round -> round[column].bytes),
        error);
  }

  private static double median(Turn[][] turns, ToDoubleFunction<Turn[]> figure) {
    double[] sorted = Arrays.stream(turns).mapToDouble(figure).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static Turn turn(Runner runner) {
    ClusterControl cluster = runner.cluster();
    long bytesBefore = cluster.session().clusterMemory().replicatedBytes();
    double cpuBefore = cpuUs(cluster);
    OwnerPrograms.Speed speed =
        OwnerCalls.at(cluster, runner.owner(), () -> OwnerPrograms.speed(TURN, SINGLES));
    double tasks = speed.batches() * (double) OwnerPrograms.BATCH + SINGLES;
    return new Turn(
        speed.tasksPerSecond(),
        speed.p50Us(),
        speed.p99Us(),
        (cpuUs(cluster) - cpuBefore) / tasks,
        (cluster.session().clusterMemory().replicatedBytes() - bytesBefore) / tasks);
  }

  private static double cpuUs(ClusterControl cluster) {
    return cluster.workers().stream()
        .mapToDouble(worker ->
            ProcessHandle.of(worker.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .map(cpu -> cpu.toNanos() / 1e3)
                .orElse(Double.NaN))
        .sum();
  }
}
