package dev.deed.futures.runtime;

import dev.deed.Action;
import dev.deed.ClusterUnavailableException;
import dev.deed.DeedConfig;
import dev.deed.Durability;
import dev.deed.MemoryReport;
import dev.deed.Session;
import dev.deed.futures.cli.Address;
import dev.deed.futures.cli.ClusterAccess;
import dev.deed.futures.cli.CommandException;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Member;
import dev.deed.transport.Threads;
import dev.deed.transport.link.PortUnavailableException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.IntConsumer;

/// How commands reach clusters of worker processes.
public final class ProcessCluster implements ClusterAccess {
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(4);

  @Override
  public Workers start(int workers, List<Path> classPath, DeedConfig config, IntConsumer joined) {
    ClusterSession session = ClusterSession.openShared(workers, classPath, config, joined);
    return new Workers() {
      @Override
      public Address address() {
        return shown(session.address());
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }

  private static Address shown(InetSocketAddress address) {
    return new Address(address.getAddress().getHostAddress(), address.getPort());
  }

  @Override
  public Session open(int workers, DeedConfig config) {
    return ClusterSession.open(workers, config);
  }

  @Override
  public void work(WorkerOrder order, Ready ready) {
    ClusterSecret secret = ClusterSecret.of(order.config());
    WorkerId id = ClusterSession.newId();
    try {
      Path directory = ClusterDirectory.create(secret.cluster());
      ClusterNode.Plan plan =
          new ClusterNode.Plan(
              id,
              secret.cluster(),
              secret.bytes(),
              directory,
              order.config(),
              order.port(),
              false,
              order.resources());
      try (ClusterNode node = new ClusterNode(plan, _ -> {})) {
        Sessions.opened(node.runtime());
        Thread hook = new Thread(() -> leave(node, directory), "deed-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
          order.join().ifPresentOrElse(at -> node.join(socket(at)), node::found);
          node.awaitJoined(JOIN_TIMEOUT);
          ready.joined(shown(node.ports().endpoint().address()), id.toString());
          throw new ClusterUnavailableException(node.ended().get(), null);
        } finally {
          Sessions.closed(node.runtime());
          if (hook.getState() == Thread.State.NEW) {
            Runtime.getRuntime().removeShutdownHook(hook);
          }
        }
      } finally {
        ClusterDirectory.removeIfUnused(directory);
      }
    } catch (PortUnavailableException e) {
      throw CommandException.userError(String.valueOf(e.getMessage()));
    } catch (IOException | ExecutionException e) {
      throw new ClusterUnavailableException("the worker failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      // It was told to end, and has.
      Thread.currentThread().interrupt();
    }
  }

  /// Ends a worker at Ctrl-C. The time is bounded: the process has to end whatever hangs.
  private static void leave(ClusterNode node, Path directory) {
    Thread closing =
        Thread.ofPlatform()
            .daemon()
            .name("deed-leave")
            .start(() -> {
              try {
                node.close();
                ClusterDirectory.removeIfUnused(directory);
              } catch (IOException e) {
                System.getLogger("dev.deed")
                    .log(System.Logger.Level.WARNING, "The worker did not end cleanly: " + e);
              }
            });
    Threads.joinUntil(closing, System.nanoTime() + LEAVE_TIMEOUT.toNanos());
  }

  @Override
  public void rehearse(Action body) {
    // With the channel of record logs, so that it is in what is rehearsed.
    DeedConfig config = DeedConfig.load().workerCpus(1).durability(Durability.ASYNC);
    try (ClusterSession session = (ClusterSession) ClusterSession.open(1, config)) {
      ClusterNode.Plan plan = session.workerPlan();
      try (ClusterNode worker = new ClusterNode(plan, _ -> {})) {
        worker.join(session.address());
        worker.awaitJoined(JOIN_TIMEOUT);
        session.runHere(body);
      }
    } catch (IOException e) {
      throw new ClusterUnavailableException("the worker failed: " + e.getMessage(), e);
    }
  }

  @Override
  public ClusterStatus status(Address address, DeedConfig config) {
    ClusterQuestions.Membership told = ClusterClient.of(config).membership(socket(address));
    List<WorkerStatus> workers = told.members().stream().map(ProcessCluster::status).toList();
    return new ClusterStatus(address, told.followed(), workers);
  }

  @Override
  public MemoryReport memory(Address address, DeedConfig config) {
    ClusterClient client = ClusterClient.of(config);
    List<Member> members = client.membership(socket(address)).members();
    return ClusterQuestions.sum(ClusterQuestions.memory(members, client));
  }

  @Override
  public List<JobStatus> jobs(Address address, DeedConfig config) {
    return ClusterClient.of(config).jobs(socket(address)).stream()
        .map(job ->
            new JobStatus(
                job.name(),
                job.driver(),
                job.lost() ? "lost" : job.driven() ? "running" : "resumable"))
        .toList();
  }

  @Override
  public void dropJob(Address address, String name, DeedConfig config) {
    ClusterClient.of(config).dropJob(socket(address), name);
  }

  private static InetSocketAddress socket(Address address) {
    return new InetSocketAddress(address.host(), address.port());
  }

  private static WorkerStatus status(Member member) {
    return new WorkerStatus(
        member.id().toString(),
        member.hostId(),
        member.pid(),
        member.address() + ":" + member.port(),
        member.driver() ? "driver" : "worker",
        member.capacity().amount(dev.deed.lineage.Demand.CPU));
  }
}
