package dev.deed.futures.runtime;

import dev.deed.ClusterUnavailableException;
import dev.deed.ClusterView;
import dev.deed.ConnectException;
import dev.deed.DeedConfig;
import dev.deed.Durability;
import dev.deed.LocalCluster;
import dev.deed.MemoryReport;
import dev.deed.Session;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Job;
import dev.deed.transport.link.PortUnavailableException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A session of a driver in a cluster: with worker processes of its own on this machine, or with
/// those of a cluster that it has joined.
public final class ClusterSession extends WorkerSession implements LocalCluster {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(10);

  /// Set in the JVM of a program that `deed run` has started.
  public static final String RUN_PROPERTY = "deed.run";

  private final Path directory;
  private final ClusterSecret secret;
  private final boolean ownSecret;
  private final ClusterNode node;
  private final Members members = new Members();
  private final DeedConfig workerConfig;
  private final Crew crew;
  private volatile @Nullable Job job;
  private final Thread hook = new Thread(this::close, "deed-shutdown");

  /// @param ownSecret whether the cluster is this session's alone
  /// @param journal where the job that runs in it is kept
  private ClusterSession(
      boolean ownSecret, List<Path> classPath, DeedConfig config, Optional<JournalPlan> journal)
      throws IOException {
    if (ownSecret) {
      secret = ClusterSecret.ofOwnCluster();
    } else {
      secret = ClusterSecret.of(config);
    }
    this.ownSecret = ownSecret;
    workerConfig = config;
    directory = ClusterDirectory.create(secret.cluster());
    ClusterNode.Plan plan =
        new ClusterNode.Plan(
            newId(),
            secret.cluster(),
            secret.bytes(),
            directory,
            config,
            0,
            true,
            Map.of(),
            journal);
    node = new ClusterNode(plan, members::follow);
    crew = new Crew(node, members, directory, secret.file(), classPath, config);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// See [dev.deed.Deed#localCluster(int, DeedConfig)].
  public static LocalCluster open(int workers, DeedConfig config) {
    return start(workers, List.of(), config, true, _ -> {}, JournalPlan.ofProcess());
  }

  /// The same, but other processes of this user may connect, by the user's secret.
  ///
  /// @param classPath what workers have on their class path besides this process's
  /// @param joined is told how many workers have joined whenever that changes
  static ClusterSession openShared(
      int workers, List<Path> classPath, DeedConfig config, IntConsumer joined) {
    // The job is its program's, in a process of its own.
    return start(workers, classPath, config, false, joined, Optional.empty());
  }

  private static ClusterSession start(
      int workers,
      List<Path> classPath,
      DeedConfig config,
      boolean ownSecret,
      IntConsumer joined,
      Optional<JournalPlan> journal) {
    refuseJob(config);
    if (workers < 1) {
      throw new IllegalArgumentException("a cluster has at least 1 worker, not " + workers);
    }
    ClusterSession session =
        make(ownSecret, classPath, config.storeBytes(config.storeBytes() / (workers + 1)), journal);
    return session.opened(() -> {
      for (int i = 0; i < workers; i++) {
        session.crew.spawn();
      }
      session.node.found();
      session.node.awaitJoined(START_TIMEOUT);
      session.crew.await(workers, joined);
      session.node.beginJournal(Optional.empty(), START_TIMEOUT);
    });
  }

  /// See [dev.deed.Deed#connect(String, DeedConfig)].
  public static Session connect(String host, int port, DeedConfig config) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    Optional<JournalPlan> kept = JournalPlan.ofProcess();
    Optional<JournalPlan> journal =
        config.job().map(job -> JobJournals.of(job, kept, address, config)).orElse(kept);
    config.job().ifPresent(job -> checkKept(job, journal.isPresent(), config));
    ClusterSession session = make(false, List.of(), config, journal);
    return session.opened(() -> {
      session.node.join(address);
      session.node.awaitJoined(JOIN_TIMEOUT);
      session.begin(config.job(), journal.isPresent());
    });
  }

  private static void checkKept(DeedConfig.Job job, boolean journal, DeedConfig config) {
    boolean serves = !job.resumed() || journal;
    if (serves && (config.durability() == Durability.NONE || config.heirs() == 0)) {
      throw new IllegalArgumentException(
          "job '"
              + job.name()
              + "' is to outlive its driver, which takes heirs: set durability to async or sync, and"
              + " heirs to at least 1, here and for the cluster's workers");
    }
  }

  /// Throws [IllegalArgumentException] where a job would end with its driver.
  static void refuseJob(DeedConfig config) {
    config
        .job()
        .ifPresent(job -> {
          throw new IllegalArgumentException(
              "job '"
                  + job.name()
                  + "' is to outlive its driver, and these workers don't: connect to a cluster of"
                  + " deed workers (deed run --cluster ADDR)");
        });
  }

  private void begin(Optional<DeedConfig.Job> wanted, boolean journal) {
    boolean restored = node.beginJournal(wanted.map(DeedConfig.Job::name), START_TIMEOUT);
    if (wanted.isEmpty()) {
      return;
    }
    DeedConfig.Job named = wanted.get();
    if (restored) {
      job = node.drivenWithHeir(named);
    } else if (journal) {
      // Of one that is to be resumed nothing had been kept: it begins.
      drive(new DeedConfig.Job(named.name(), false));
    } else {
      drive(named);
    }
  }

  private void drive(DeedConfig.Job wanted) {
    Job driven = node.drive(wanted, workerConfig.leaseLength().plus(ClusterNode.AGREEMENT));
    if (wanted.resumed()) {
      runtime().resume(driven);
    }
    job = driven;
  }

  /// Where `deed run` has started the program it sees by the exit code how the program has ended,
  /// and ends the job itself. Nor is a job over whose program is being killed.
  private void endJob() {
    Job driven = job;
    if (driven != null
        && Thread.currentThread() != hook
        && System.getProperty(RUN_PROPERTY) == null) {
      node.endJob(driven);
    }
  }

  private static ClusterSession make(
      boolean ownSecret, List<Path> classPath, DeedConfig config, Optional<JournalPlan> journal) {
    try {
      return new ClusterSession(ownSecret, classPath, config, journal);
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

  @Override
  WorkerRuntime runtime() {
    return node.runtime();
  }

  /// Where others join.
  InetSocketAddress address() {
    return node.ports().endpoint().address();
  }

  /// What one more worker is made of.
  ClusterNode.Plan workerPlan() {
    return new ClusterNode.Plan(
        newId(), secret.cluster(), secret.bytes(), directory, workerConfig, 0, false, Map.of());
  }

  @Override
  public dev.deed.WorkerId addWorker() {
    runtime().checkOpen();
    WorkerId id = crew.spawn();
    crew.await(id);
    return Ids.worker(id);
  }

  @Override
  public ClusterView cluster() {
    runtime().checkOpen();
    return new ClusterView(members.list().stream().map(Ids::member).toList());
  }

  @Override
  public MemoryReport clusterMemory() {
    runtime().checkOpen();
    return node.clusterMemory();
  }

  @Override
  void end() {
    try {
      endJob();
      crew.end();
      node.close();
      crew.awaitEnd();
      if (ownSecret) {
        Files.deleteIfExists(secret.file());
      }
      ClusterDirectory.removeIfUnused(directory);
    } catch (IOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.WARNING, "The cluster did not close cleanly: " + e);
    } finally {
      forgetHook();
    }
  }

  private void forgetHook() {
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
