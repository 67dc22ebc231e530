package dev.deed.evaluation.experiments.cluster;

import dev.deed.DeedConfig;
import dev.deed.Member;
import dev.deed.Session;
import dev.deed.futures.cli.ClusterAccess;
import dev.deed.futures.cli.CommandException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Clusters of worker processes on this machine.
public final class LocalClusters implements ClusterSource {
  private static final long KILL_SECONDS = 10;

  @Override
  public ClusterControl start(int workers, DeedConfig config) {
    return new Control(ClusterAccess.need().open(workers, config));
  }

  /// The one place that knows how the cluster backend lets its processes be reached.
  private record Control(Session session) implements ClusterControl {
    @Override
    public List<Member> workers() {
      return session.cluster().members().stream().filter(member -> !member.driver()).toList();
    }

    @Override
    public void kill(Member worker) {
      ProcessHandle process =
          ProcessHandle.of(worker.pid())
              .orElseThrow(
                  () -> CommandException.failure("worker " + worker.id() + " is gone already"));
      process.destroyForcibly();
      try {
        process.onExit().get(KILL_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandException.failure("interrupted while a worker was killed", e);
      } catch (ExecutionException | TimeoutException e) {
        throw CommandException.failure("worker " + worker.id() + " can't be killed", e);
      }
    }

    @Override
    public void addWorker() {
      throw CommandException.failure(
          "this cluster backend has no way to start a worker in the place of one that was killed");
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
