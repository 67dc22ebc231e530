package dev.deed.futures.runtime;

import dev.deed.Action;
import dev.deed.ClusterView;
import dev.deed.DeedConfig;
import dev.deed.MemoryReport;
import dev.deed.Session;
import dev.deed.Task0;
import dev.deed.lineage.Demand;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CoreConfig;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Member;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A session whose one worker is in this JVM.
public final class LocalSession implements Session {
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final WorkerRuntime runtime;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private LocalSession(WorkerRuntime runtime) {
    this.runtime = runtime;
  }

  /// See [dev.deed.Deed#local(DeedConfig)].
  public static Session open(DeedConfig config) {
    UUID name = UUID.randomUUID();
    WorkerId id = new WorkerId(name.getMostSignificantBits(), name.getLeastSignificantBits());
    Demand capacity =
        Demand.of(
            Map.of(
                Demand.CPU, (double) config.workerCpus(),
                Demand.MEMORY, (double) config.workerMemory()));
    String host = config.hostId().orElse("local");
    Member self = new Member(id, host, "local", 0, ProcessHandle.current().pid(), false, capacity);
    CoreConfig defaults =
        CoreConfig.defaults(config.workerCpus(), config.storeBytes(), config.seed());
    CoreConfig core =
        new CoreConfig(
            config.inlineLimitBytes(),
            config.lineageBudgetBytes(),
            config.storeBytes(),
            config.workerCpus(),
            defaults.queueBound(),
            defaults.prefetch(),
            defaults.releaseDelayNs(),
            defaults.leaseIdleNs(),
            config.seed());
    CopyStore store = new HeapCopies();
    TaskId main = TaskId.root(Mixing.mix(id.high()), Mixing.mix(id.low()));
    WorkerRuntime runtime =
        new WorkerRuntime(
            self,
            core,
            main,
            Codecs.ofProgram(),
            store,
            config.checkImmutability(),
            _ -> new Alone(store));
    runtime.start();
    runtime.driver().publish(new Event.EntryFollowed(1, new Entry.Join(self)));
    Sessions.opened(runtime);
    return new LocalSession(runtime);
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
    runtime.checkOpen();
    return Sessions.callIn(runtime, body);
  }

  @Override
  public ClusterView cluster() {
    runtime.checkOpen();
    Member self = runtime.self();
    return new ClusterView(
        List.of(
            new dev.deed.Member(
                Ids.worker(self.id()),
                self.hostId(),
                self.pid(),
                Map.copyOf(self.capacity().amounts()),
                self.driver())));
  }

  @Override
  public MemoryReport memory() {
    runtime.checkOpen();
    return MemoryReports.of(runtime);
  }

  @Override
  public MemoryReport clusterMemory() {
    return memory();
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      awaitClosed();
      return;
    }
    try {
      Sessions.closed(runtime);
      List<String> left = runtime.close(System.nanoTime() + GRACE.toNanos());
      if (!left.isEmpty()) {
        System.getLogger("dev.deed")
            .log(
                System.Logger.Level.WARNING,
                "Tasks ignore their interrupt and go on after the session was closed, on " + left);
      }
    } finally {
      closed.countDown();
    }
  }

  /// Waits for the close that another thread does.
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
