package dev.deed.evaluation.experiments.cluster;

import dev.deed.Member;
import dev.deed.Session;
import java.util.List;

/// A running cluster in the hands of an experiment: a driver, which is this process, and workers
/// that can be killed and added. May be used by any thread.
public interface ClusterControl extends AutoCloseable {

  /// The driver's session.
  Session session();

  /// The living workers, without the driver, in the order in which they joined.
  List<Member> workers();

  /// Kills a worker's process by `SIGKILL`; returns when the process is gone, which is before the
  /// others know.
  void kill(Member worker);

  /// Starts one more worker; returns when it has joined.
  void addWorker();

  /// Closes the session and ends all workers.
  @Override
  void close();
}
