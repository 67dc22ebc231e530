package dev.deed.futures.runtime;

import dev.deed.ClusterUnavailableException;
import dev.deed.DeedConfig;
import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// The worker processes that a driver has started. Thread-safe.
final class Crew {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private final ClusterNode node;
  private final Members members;
  private final Path directory;
  private final Path secretFile;
  private final List<Path> classPath;
  private final DeedConfig config;
  private final List<WorkerProcess> processes = new ArrayList<>();

  /// @param node the driver
  /// @param directory of the cluster on this host
  /// @param classPath what workers have on their class path besides this process's
  /// @param config settings of each worker
  Crew(
      ClusterNode node,
      Members members,
      Path directory,
      Path secretFile,
      List<Path> classPath,
      DeedConfig config) {
    this.node = node;
    this.members = members;
    this.directory = directory;
    this.secretFile = secretFile;
    this.classPath = classPath;
    this.config = config;
  }

  /// Starts a worker process. Throws [ClusterUnavailableException] if that fails at once.
  WorkerId spawn() {
    WorkerId id = ClusterSession.newId();
    try {
      WorkerProcess process =
          WorkerProcess.start(
              id,
              node.ports().cluster(),
              directory,
              secretFile,
              node.ports().contact(),
              classPath,
              config);
      synchronized (processes) {
        processes.add(process);
      }
      process.onExit(code -> exited(id, code));
      return id;
    } catch (IOException e) {
      throw new ClusterUnavailableException(
          "a worker process can't be started: " + e.getMessage(), e);
    }
  }

  private void exited(WorkerId worker, int code) {
    node.membership().proofOfDeath(worker, "its process ended with code " + code);
    members.wake();
  }

  private boolean oneHasEnded() {
    synchronized (processes) {
      return processes.stream().anyMatch(process -> !process.alive());
    }
  }

  /// Waits until the cluster has `count` workers; `joined` is told how many there are whenever that
  /// may have changed. Throws [ClusterUnavailableException] if a process of this crew ends or the
  /// time is over before.
  void await(int count, IntConsumer joined) {
    long deadlineNs = System.nanoTime() + START_TIMEOUT.toNanos();
    boolean settled =
        members.await(
            () -> {
              joined.accept(members.workers());
              return members.workers() >= count || oneHasEnded();
            },
            deadlineNs);
    if (!settled || members.workers() < count) {
      throw new ClusterUnavailableException(
          members.workers()
              + " of "
              + count
              + " worker processes joined"
              + (settled ? "; one has ended, its output says why" : ""),
          null);
    }
  }

  /// Waits until `worker` has joined. Throws [ClusterUnavailableException] if that does not come.
  void await(WorkerId worker) {
    if (!members.await(() -> members.has(worker), System.nanoTime() + START_TIMEOUT.toNanos())) {
      throw new ClusterUnavailableException("the new worker did not join", null);
    }
  }

  /// Tells all to end.
  void end() {
    synchronized (processes) {
      processes.forEach(WorkerProcess::end);
    }
  }

  /// Waits until all have ended, by force if need be.
  void awaitEnd() {
    List<WorkerProcess> all;
    synchronized (processes) {
      all = List.copyOf(processes);
    }
    all.forEach(WorkerProcess::awaitEnd);
  }
}
