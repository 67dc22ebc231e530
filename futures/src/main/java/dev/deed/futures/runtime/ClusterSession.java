package dev.deed.futures.runtime;

import dev.deed.Action;
import dev.deed.ClusterUnavailableException;
import dev.deed.ClusterView;
import dev.deed.ConnectException;
import dev.deed.DeedConfig;
import dev.deed.LocalCluster;
import dev.deed.MemoryReport;
import dev.deed.Session;
import dev.deed.Task0;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.transport.link.PortUnavailableException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A session of a driver in a cluster: with worker processes of its own on this machine, or with
/// those of a cluster that it has joined.
public final class ClusterSession implements LocalCluster {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(10);

  private final String cluster;
  private final Path directory;
  private final ClusterSecret secret;
  private final boolean ownSecret;
  private final DeedConfig workerConfig;
  private final List<Path> classPath;
  private final ClusterNode node;
  private final Map<WorkerId, Member> members = new LinkedHashMap<>();
  private volatile long followed;
  private final List<WorkerProcess> processes = new ArrayList<>();
  private final Thread hook = new Thread(this::close, "deed-shutdown");
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  /// @param ownSecret whether the cluster is this session's alone
  private ClusterSession(boolean ownSecret, List<Path> classPath, DeedConfig config)
      throws IOException {
    this.classPath = classPath;
    if (ownSecret) {
      secret = ClusterSecret.ofOwnCluster();
    } else {
      secret = ClusterSecret.of(config);
    }
    this.ownSecret = ownSecret;
    cluster = secret.cluster();
    directory = ClusterDirectory.create(cluster);
    workerConfig = config;
    ClusterNode.Plan plan =
        new ClusterNode.Plan(
            newId(), cluster, secret.bytes(), directory, workerConfig, 0, true, Map.of());
    node = new ClusterNode(plan, this::followed);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// See [dev.deed.Deed#localCluster(int, DeedConfig)].
  public static LocalCluster open(int workers, DeedConfig config) {
    return start(workers, List.of(), config, true, _ -> {});
  }

  /// The same, but other processes of this user may connect, by the user's secret.
  ///
  /// @param classPath what workers have on their class path besides this process's
  /// @param joined is told how many workers have joined whenever that changes
  static ClusterSession openShared(
      int workers, List<Path> classPath, DeedConfig config, IntConsumer joined) {
    return start(workers, classPath, config, false, joined);
  }

  private static ClusterSession start(
      int workers, List<Path> classPath, DeedConfig config, boolean ownSecret, IntConsumer joined) {
    if (workers < 1) {
      throw new IllegalArgumentException("a cluster has at least 1 worker, not " + workers);
    }
    ClusterSession session =
        make(ownSecret, classPath, config.storeBytes(config.storeBytes() / (workers + 1)));
    return session.opened(() -> {
      for (int i = 0; i < workers; i++) {
        session.spawn();
      }
      session.node.found();
      session.node.awaitJoined(START_TIMEOUT);
      session.awaitWorkers(workers, joined);
    });
  }

  /// See [dev.deed.Deed#connect(String, DeedConfig)].
  public static Session connect(String host, int port, DeedConfig config) {
    ClusterSession session = make(false, List.of(), config);
    return session.opened(() -> {
      session.node.join(new InetSocketAddress(host, port));
      session.node.awaitJoined(JOIN_TIMEOUT);
    });
  }

  private static ClusterSession make(boolean ownSecret, List<Path> classPath, DeedConfig config) {
    try {
      return new ClusterSession(ownSecret, classPath, config);
    } catch (PortUnavailableException e) {
      throw new ConnectException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new ClusterUnavailableException("the session can't be opened: " + e.getMessage(), e);
    }
  }

  private ClusterSession opened(Runnable opening) {
    boolean open = false;
    try {
      opening.run();
      Sessions.opened(node.runtime());
      open = true;
      return this;
    } finally {
      if (!open) {
        close();
      }
    }
  }

  static WorkerId newId() {
    UUID name = UUID.randomUUID();
    return new WorkerId(name.getMostSignificantBits(), name.getLeastSignificantBits());
  }

  /// This driver.
  WorkerId id() {
    return node.runtime().id();
  }

  /// Where others join.
  InetSocketAddress address() {
    return node.ports().endpoint().address();
  }

  /// The members as followed, in the order of their joins.
  List<Member> members() {
    synchronized (members) {
      return List.copyOf(members.values());
    }
  }

  /// How far the membership log is followed.
  long followed() {
    return followed;
  }

  /// What one more worker is made of.
  ClusterNode.Plan workerPlan() {
    return new ClusterNode.Plan(
        newId(), cluster, secret.bytes(), directory, workerConfig, 0, false, Map.of());
  }

  private WorkerId spawn() {
    WorkerId id = newId();
    try {
      WorkerProcess process =
          WorkerProcess.start(
              id,
              cluster,
              directory,
              secret.file(),
              node.ports().contact(),
              classPath,
              workerConfig);
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
    synchronized (members) {
      members.notifyAll();
    }
  }

  private void followed(Entry entry) {
    synchronized (members) {
      followed++;
      switch (entry) {
        case Entry.Join(Member member) -> members.putIfAbsent(member.id(), member);
        case Entry.Death(WorkerId worker, _, _) -> members.remove(worker);
        default -> {
          return;
        }
      }
      members.notifyAll();
    }
  }

  private long workers() {
    return members.values().stream().filter(member -> !member.driver()).count();
  }

  private void awaitWorkers(int count, IntConsumer joined) {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    synchronized (members) {
      while (workers() < count) {
        long leftMs = (deadline - System.nanoTime()) / 1_000_000;
        joined.accept((int) workers());
        boolean failed;
        synchronized (processes) {
          failed = processes.stream().anyMatch(process -> !process.alive());
        }
        if (leftMs <= 0 || failed) {
          throw new ClusterUnavailableException(
              workers()
                  + " of "
                  + count
                  + " worker processes joined"
                  + (failed ? "; one has ended, its output says why" : ""),
              null);
        }
        try {
          members.wait(Math.min(leftMs, 100));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new dev.deed.InterruptedGetException("interrupted while workers started", e);
        }
      }
    }
  }

  @Override
  public dev.deed.WorkerId addWorker() {
    node.runtime().checkOpen();
    WorkerId id = spawn();
    synchronized (members) {
      long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
      while (!members.containsKey(id)) {
        if (System.nanoTime() > deadline) {
          throw new ClusterUnavailableException("the new worker did not join", null);
        }
        try {
          members.wait(100);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new dev.deed.InterruptedGetException("interrupted while a worker started", e);
        }
      }
    }
    return Ids.worker(id);
  }

  @Override
  public void runHere(Action body) {
    callHere(() -> {
      body.run();
      return null;
    });
  }

  @Override
  public <R extends @Nullable Object> R callHere(Task0<R> body) {
    node.runtime().checkOpen();
    return Sessions.callIn(node.runtime(), body);
  }

  @Override
  public ClusterView cluster() {
    node.runtime().checkOpen();
    synchronized (members) {
      return new ClusterView(
          members.values().stream()
              .map(member ->
                  new dev.deed.Member(
                      Ids.worker(member.id()),
                      member.hostId(),
                      member.pid(),
                      Map.copyOf(member.capacity().amounts()),
                      member.driver()))
              .toList());
    }
  }

  @Override
  public MemoryReport memory() {
    node.runtime().checkOpen();
    return MemoryReports.of(node.runtime());
  }

  @Override
  public MemoryReport clusterMemory() {
    throw new UnsupportedOperationException(
        "the workers of a cluster can't be asked for their references yet; memory() tells this"
            + " driver's");
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      awaitClosed();
      return;
    }
    try {
      Sessions.closed(node.runtime());
      synchronized (processes) {
        processes.forEach(WorkerProcess::end);
      }
      node.close();
      synchronized (processes) {
        processes.forEach(WorkerProcess::awaitEnd);
      }
      if (ownSecret) {
        Files.deleteIfExists(secret.file());
      }
      ClusterDirectory.removeIfUnused(directory);
    } catch (IOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.WARNING, "The cluster did not close cleanly: " + e);
    } finally {
      closed.countDown();
      if (Thread.currentThread() != hook) {
        try {
          Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
          // The JVM ends already; the hook finds the session closed.
          System.getLogger("dev.deed").log(System.Logger.Level.DEBUG, "closed at exit", e);
        }
      }
    }
  }

  private void awaitClosed() {
    boolean interrupted = false;
    while (true) {
      try {
        closed.await();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
