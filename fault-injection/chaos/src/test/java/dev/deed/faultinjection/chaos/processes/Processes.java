package dev.deed.faultinjection.chaos.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.LocalCluster;
import dev.deed.Member;
import dev.deed.WorkerId;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A cluster of worker processes that a test class shares, and what the scenarios do to it.
final class Processes extends TestCluster {
  /// Room of each member for stored values.
  private static final long STORE_BYTES = 100L << 20;

  private final LocalCluster session;

  private Processes(LocalCluster session) {
    super(session);
    this.session = session;
  }

  static Processes start(int workers) {
    return start(workers, DeedConfig.defaults());
  }

  static Processes start(int workers, DeedConfig config) {
    return new Processes(
        Deed.localCluster(workers, config.workerCpus(1).storeBytes(STORE_BYTES * (workers + 1))));
  }

  /// Kills the worker's process; returns when it is gone and the driver has followed its death.
  void kill(WorkerId worker) {
    ProcessHandle process = ProcessHandle.of(pid(worker)).orElseThrow();
    process.destroyForcibly();
    process.onExit().orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
    awaitDead(worker);
  }

  /// Starts as many workers as are missing.
  void refill(int workers) {
    while (workers().size() < workers) {
      session.addWorker();
    }
  }

  @Override
  public void close() {
    List<Long> pids = members().stream().map(Member::pid).toList();
    session.close();
    assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
  }
}
