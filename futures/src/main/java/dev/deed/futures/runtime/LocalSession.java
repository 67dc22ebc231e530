package dev.deed.futures.runtime;

import dev.deed.ClusterView;
import dev.deed.DeedConfig;
import dev.deed.MemoryReport;
import dev.deed.Session;
import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Member;
import dev.deed.ownership.heirs.HeirsConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A session whose one worker is in this JVM.
public final class LocalSession extends WorkerSession {
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final WorkerRuntime runtime;

  private LocalSession(WorkerRuntime runtime) {
    this.runtime = runtime;
  }

  /// See [dev.deed.Deed#local(DeedConfig)].
  public static Session open(DeedConfig config) {
    ClusterSession.refuseJob(config);
    return open(config, MessageLimits.DEFAULT);
  }

  /// The same, with other limits of messages.
  static LocalSession open(DeedConfig config, MessageLimits limits) {
    UUID name = UUID.randomUUID();
    WorkerId id = new WorkerId(name.getMostSignificantBits(), name.getLeastSignificantBits());
    Demand capacity =
        Demand.of(
            Map.of(
                Demand.CPU, (double) config.workerCpus(),
                Demand.MEMORY, (double) config.workerMemory()));
    String host = config.hostId().orElse("local");
    Member self = new Member(id, host, "local", 0, ProcessHandle.current().pid(), false, capacity);
    CopyStore store = new HeapCopies();
    TaskId main = TaskId.root(Mixing.mix(id.high()), Mixing.mix(id.low()));
    WorkerRuntime runtime =
        new WorkerRuntime(
            self,
            CoreConfigs.of(config, config.workerCpus(), limits, HeirsConfig.NONE),
            limits,
            main,
            new EstateId(id),
            Codecs.ofProgram(),
            Optional.empty(),
            store,
            config.checkImmutability(),
            _ -> new Alone(store));
    runtime.start();
    runtime.driver().publish(new Event.EntryFollowed(1, new Entry.Join(self)));
    Sessions.opened(runtime);
    return new LocalSession(runtime);
  }

  @Override
  WorkerRuntime runtime() {
    return runtime;
  }

  @Override
  public ClusterView cluster() {
    runtime.checkOpen();
    return new ClusterView(List.of(Ids.member(runtime.self())));
  }

  @Override
  public MemoryReport clusterMemory() {
    return memory();
  }

  @Override
  void end() {
    List<String> left = runtime.close(System.nanoTime() + GRACE.toNanos());
    if (!left.isEmpty()) {
      System.getLogger("dev.deed")
          .log(
              System.Logger.Level.WARNING,
              "Tasks ignore their interrupt and go on after the session was closed, on " + left);
    }
  }
}
