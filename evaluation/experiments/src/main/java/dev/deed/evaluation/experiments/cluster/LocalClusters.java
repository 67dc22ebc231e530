package dev.deed.evaluation.experiments.cluster;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.LocalCluster;
import dev.deed.Member;
import dev.deed.Session;
import dev.deed.futures.cli.CommandException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Clusters of worker processes on this machine, by [Deed#localCluster(int, DeedConfig)].
public final class LocalClusters implements ClusterSource {
  private static final long KILL_SECONDS = 10;

  @Override
  public ClusterControl start(int workers, DeedConfig config) {
    return new Control(Deed.localCluster(workers, config));
  }

  private record Control(LocalCluster cluster) implements ClusterControl {
    @Override
    public Session session() {
      return cluster;
    }

    @Override
    public List<Member> workers() {
      return cluster.cluster().members().stream().filter(member -> !member.driver()).toList();
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
      cluster.addWorker();
    }

    @Override
    public void close() {
      cluster.close();
    }
  }
}
