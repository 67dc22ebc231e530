package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.DeedConfig;
import dev.deed.DeedException;
import dev.deed.Member;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.cluster.ClusterControl;
import dev.deed.papers.nsdi21.Corpus;
import dev.deed.papers.nsdi21.Executions;
import dev.deed.papers.nsdi21.Executions.Execution;
import dev.deed.papers.nsdi21.IndexSummary;
import dev.deed.papers.nsdi21.InvertedIndex;
import dev.deed.papers.nsdi21.PlainInvertedIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Makes the inverted index three times: by the plain program, by a cluster, and by a cluster of
/// which one worker is killed when half of the map tasks are done.
final class IndexRuns {
  static final int COUNT = 3;
  private static final Duration LONGEST = Duration.ofMinutes(15);

  private final Trial trial;
  private final Path scratch;
  private final Corpus corpus;
  private final List<Corpus.Member> members;

  /// Throws [java.io.FileNotFoundException] and [IllegalArgumentException] if the text is of no
  /// use.
  IndexRuns(Trial trial, Path scratch) throws IOException {
    this.trial = trial;
    this.scratch = scratch;
    this.corpus = trial.input().isPresent() ? Corpus.at(trial.input().get()) : Corpus.ofJdk();
    this.members = corpus.members();
    if (members.isEmpty()) {
      throw new IllegalArgumentException(
          "there are no files in " + corpus + ": name another text by --input.");
    }
  }

  List<IndexRun> run() throws IOException {
    List<IndexRun> runs = new ArrayList<>();
    trial.listener().begins("index, plain program");
    IndexRun plain = plain();
    trial.listener().measured(plain);
    runs.add(plain);
    IndexSummary right = plain.index().orElseThrow();
    for (boolean kill : List.of(false, true)) {
      trial.listener().begins(kill ? "index, one worker killed" : "index, cluster");
      IndexRun run = onCluster(right, kill);
      trial.listener().measured(run);
      runs.add(run);
    }
    return runs;
  }

  private IndexRun plain() throws IOException {
    long began = System.nanoTime();
    IndexSummary summary = PlainInvertedIndex.of(corpus);
    return measured(
        "index.plain",
        secondsSince(began),
        0,
        new Kill(0, 0),
        Executed.NOTHING,
        Optional.of(summary),
        Optional.empty());
  }

  /// When a worker was killed, and what it had done.
  private record Kill(double atSeconds, int mapsDone) {}

  private IndexRun onCluster(IndexSummary right, boolean kill) throws IOException {
    String name = kill ? "index.killed" : "index.undisturbed";
    Executions executions = new Executions(scratch.resolve(name).toString());
    Optional<IndexSummary> summary = Optional.empty();
    Optional<String> error;
    Kill killed = new Kill(0, 0);
    // Each worker plays a machine of its own with one processor.
    DeedConfig config = DeedConfig.load().workerCpus(1);
    long began = System.nanoTime();
    double seconds;
    try (ClusterControl cluster = trial.clusters().start(trial.workers(), config)) {
      began = System.nanoTime();
      try (InvertedIndex index =
          cluster
              .session()
              .callHere(
                  () -> InvertedIndex.submit(corpus, InvertedIndex.Plan.DEFAULT, executions))) {
        if (kill) {
          index.awaitMaps(index.maps() / 2, LONGEST);
          killed = killBusiest(cluster, executions, began);
        }
        index.awaitMaps(index.maps(), LONGEST);
        summary = Optional.of(index.summary(LONGEST));
      }
      seconds = secondsSince(began);
      error =
          summary.equals(Optional.of(right))
              ? Optional.empty()
              : Optional.of(name + ": the index is not that of the plain program");
    } catch (DeedException e) {
      seconds = secondsSince(began);
      error = Optional.of(name + ": " + e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    return measured(
        name, seconds, trial.workers(), killed, Executed.of(executions.read()), summary, error);
  }

  /// Kills the worker with most map tasks done, whose death costs most.
  private static Kill killBusiest(ClusterControl cluster, Executions executions, long began)
      throws IOException {
    Map<Long, Long> done =
        executions.read().stream()
            .filter(execution -> execution.endedMs().isPresent())
            .collect(Collectors.groupingBy(Execution::pid, Collectors.counting()));
    Member busiest =
        cluster.workers().stream()
            .max(Comparator.comparingLong(worker -> done.getOrDefault(worker.pid(), 0L)))
            .orElseThrow(() -> new IllegalStateException("a cluster without workers"));
    double at = secondsSince(began);
    cluster.kill(busiest);
    return new Kill(at, done.getOrDefault(busiest.pid(), 0L).intValue());
  }

  private IndexRun measured(
      String run,
      double seconds,
      int workers,
      Kill kill,
      Executed executed,
      Optional<IndexSummary> index,
      Optional<String> error) {
    return new IndexRun(
        RecoveryExperiment.PAPER,
        RecoveryExperiment.FIGURE,
        run,
        seconds,
        workers,
        corpus.toString(),
        members.size(),
        members.stream().mapToLong(Corpus.Member::bytes).sum(),
        Math.min(InvertedIndex.Plan.DEFAULT.maps(), members.size()),
        kill.atSeconds(),
        kill.mapsDone(),
        executed,
        index,
        error);
  }

  static double secondsSince(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
