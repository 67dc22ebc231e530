package dev.deed.futures.cli;

import dev.deed.DeedConfig;
import dev.deed.MemoryReport;
import dev.deed.Session;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.IntConsumer;

/// How commands reach worker processes: a service of the cluster backend, found by
/// [java.util.ServiceLoader] through `META-INF/services/dev.deed.futures.cli.ClusterAccess`. The
/// class path holds one or none.
///
/// | command | asks for |
/// |---|---|
/// | `deed run --workers N` | [#start]; its [Workers#address] becomes `DEED_CLUSTER` of the program; closed when the program ends or Ctrl-C comes |
/// | `deed run --cluster ADDR` | [#status], to learn that somebody answers before the program is started |
/// | `deed worker` | [#work] |
/// | `deed status` | [#status] |
/// | `deed memory` | [#memory] |
/// | `deed jobs`, `deed run --job` and `--resume` | [#jobs], [#dropJob] |
/// | `deed bench --backend cluster` | [#open] |
///
/// Errors: a [dev.deed.ConnectException] for an address where no cluster answers, with a wrong
/// secret or another version; a [CommandException#userError] for a port in use, an address that
/// isn't this machine's, and the like; each a sentence that says what to do. Methods may be called
/// by any thread and may wait; an interrupt ends the wait by [dev.deed.InterruptedGetException].
public interface ClusterAccess {

  /// Starts worker processes on this machine. They end when the result is closed, and also when
  /// this process dies in whatever way.
  ///
  /// @param workers how many, at least 1
  /// @param classPath where the program's classes are, besides Deed's own
  /// @param config settings of each worker
  /// @param joined is told how many have joined whenever that has changed
  Workers start(
      int workers, List<java.nio.file.Path> classPath, DeedConfig config, IntConsumer joined);

  /// Opens a session with so many worker processes of its own: `Deed.localCluster(workers,
  /// config)`.
  Session open(int workers, DeedConfig config);

  /// Runs a worker in this process until it is told to leave, by an interrupt of the calling thread
  /// or by the cluster; then lets its tasks go, and returns when all of it is gone.
  ///
  /// @param order what was asked for on the command line
  /// @param ready is told once when the worker has joined
  void work(WorkerOrder order, Ready ready);

  /// Plays a driver and a worker in this process for a moment, and ends them: so that the
  /// launcher's cache has what both load.
  ///
  /// @param body is run as the driver's program
  void rehearse(dev.deed.Action body);

  /// Asks the cluster at this address about itself.
  ClusterStatus status(Address address, DeedConfig config);

  /// The jobs of the cluster at this address.
  List<JobStatus> jobs(Address address, DeedConfig config);

  /// Ends a job whose driver is dead. Throws [dev.deed.JobException] that says why it can't be.
  void dropJob(Address address, String name, DeedConfig config);

  /// What all members of the cluster at this address hold. Throws
  /// [dev.deed.ClusterUnavailableException] that names those that do not answer.
  MemoryReport memory(Address address, DeedConfig config);

  /// The one of the class path, or empty when it holds none.
  static Optional<ClusterAccess> find() {
    Iterator<ClusterAccess> all = ServiceLoader.load(ClusterAccess.class).iterator();
    return all.hasNext() ? Optional.of(all.next()) : Optional.empty();
  }

  /// The one of the class path; a failure of the command when it holds none.
  static ClusterAccess need() {
    return find()
        .orElseThrow(() ->
            CommandException.failure(
                "no cluster backend is on the class path, so there are no worker processes: run"
                    + " without --workers, --cluster and --backend cluster to stay in one"
                    + " process."));
  }

  /// Worker processes that this process has started.
  interface Workers extends AutoCloseable {
    /// Where a driver joins them.
    Address address();

    /// Ends them; returns when all are gone.
    @Override
    void close();
  }

  /// Told when a worker has joined.
  @FunctionalInterface
  interface Ready {
    /// Called once.
    ///
    /// @param address where others join this cluster through this worker
    /// @param worker its name
    void joined(Address address, String worker);
  }

  /// What `deed worker` was asked for.
  ///
  /// @param config settings with the flags of the command line applied: cpus, memory, bind, host
  ///   id, secret
  /// @param join a worker of the cluster to join; empty to start a new one
  /// @param port to listen on; 0 for any that is free
  /// @param resources what it offers besides cpus and memory, such as `gpu` → 1.0
  record WorkerOrder(
      DeedConfig config, Optional<Address> join, int port, Map<String, Double> resources) {}

  /// What a cluster tells about itself.
  ///
  /// @param address that was asked
  /// @param epoch of the membership log, which grows with each change of the members
  /// @param workers in the order in which they joined
  record ClusterStatus(Address address, long epoch, List<WorkerStatus> workers) {}

  /// A job of a cluster.
  ///
  /// @param driver the last that ran its main
  /// @param state `running`; `resumable`, when its driver is dead; `lost`, when nothing is left of
  ///   it
  record JobStatus(String name, String driver, String state) {}

  /// One member of a cluster.
  ///
  /// @param id its name
  /// @param host the machine that it runs on, or plays
  /// @param pid its process there
  /// @param address where it listens
  /// @param role `worker` or `driver`
  /// @param cpus what it offers to tasks
  record WorkerStatus(String id, String host, long pid, String address, String role, double cpus) {}
}
