package dev.deed.futures.runtime;

import dev.deed.Action;
import dev.deed.ClusterUnavailableException;
import dev.deed.ClusterView;
import dev.deed.DeedConfig;
import dev.deed.LocalCluster;
import dev.deed.MemoryReport;
import dev.deed.Task0;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A session whose workers are processes on this machine; this process is their driver.
public final class ClusterSession implements LocalCluster {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private final String cluster;
  private final Path directory;
  private final Path secretFile;
  private final DeedConfig workerConfig;
  private final ClusterNode node;
  private final Map<WorkerId, Member> members = new LinkedHashMap<>();
  private final List<WorkerProcess> processes = new ArrayList<>();
  private final Thread hook = new Thread(this::close, "deed-shutdown");
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private ClusterSession(int workers, DeedConfig config) throws IOException {
    cluster = "c" + UUID.randomUUID().toString().substring(0, 18);
    directory = ClusterDirectory.create(cluster);
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    secretFile = directory.resolve("secret");
    Files.createFile(
        secretFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(secretFile, secret);
    workerConfig = config.storeBytes(config.storeBytes() / (workers + 1));
    ClusterNode.Plan plan =
        new ClusterNode.Plan(newId(), cluster, secret, directory, workerConfig, 0, true, Map.of());
    node = new ClusterNode(plan, this::followed);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// See [dev.deed.Deed#localCluster(int, DeedConfig)].
  public static LocalCluster open(int workers, DeedConfig config) {
    if (workers < 1) {
      throw new IllegalArgumentException("a cluster has at least 1 worker, not " + workers);
    }
    ClusterSession session;
    try {
      session = new ClusterSession(workers, config);
    } catch (IOException e) {
      throw new ClusterUnavailableException("the cluster can't be started: " + e.getMessage(), e);
    }
    boolean open = false;
    try {
      for (int i = 0; i < workers; i++) {
        session.spawn();
      }
      session.node.found();
      session.node.awaitJoined(START_TIMEOUT);
      session.awaitWorkers(workers);
      Sessions.opened(session.node.runtime());
      open = true;
      return session;
    } finally {
      if (!open) {
        session.close();
      }
    }
  }

  private static WorkerId newId() {
    UUID name = UUID.randomUUID();
    return new WorkerId(name.getMostSignificantBits(), name.getLeastSignificantBits());
  }

  private WorkerId spawn() {
    WorkerId id = newId();
    try {
      WorkerProcess process =
          WorkerProcess.start(
              id, cluster, directory, secretFile, node.ports().contact(), workerConfig);
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

  private void awaitWorkers(int count) {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    synchronized (members) {
      while (workers() < count) {
        long leftMs = (deadline - System.nanoTime()) / 1_000_000;
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
      ClusterDirectory.remove(directory);
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
