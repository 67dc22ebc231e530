package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.store.BulkConnection.OwnStoreFailure;
import dev.deed.transport.store.PullResult.Failed;
import dev.deed.transport.store.PullResult.Reason;
import dev.deed.transport.store.PullResult.Stored;
import dev.deed.transport.store.TransferCounters.Count;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Pulls values from other workers into the own store. Thread-safe.
///
/// A value comes in blocks of 1 MiB, several asked for ahead, from one holder after another or from
/// two at once; what has come is never asked for again. A pull always ends: a connection without
/// progress is given up ([TransferConfig#stallNs]), a holder after two failures, the pull when no
/// holder is left.
public final class TransferClient implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TransferClient.class.getName());

  /// A value of fewer blocks is not worth a second connection.
  private static final int BLOCKS_PER_LANE = 16;

  private final StoreBase store;
  private final TransferConfig config;
  private final TransferCounters counters = new TransferCounters();
  private final Watchdog watchdog;
  private final PeerConnections connections;
  private final ExecutorService threads;
  private final Map<StoreKey, Pull> pulls = new HashMap<>();
  private final Deque<Pull> waiting = new ArrayDeque<>();
  private int active;
  private boolean closed;

  /// Pulls into `store`, which it does not close.
  public TransferClient(ObjectStore store, BulkDialer dialer, TransferConfig config) {
    this.store =
        switch (store) {
          case StoreBase base -> base;
        };
    this.config = config;
    this.watchdog = new Watchdog("deed-bulk-client-watch", config.stallNs());
    this.connections = new PeerConnections(dialer, config, watchdog);
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("deed-bulk-client-", 0).factory());
    watchdog.everyTick(this::closeIdle);
  }

  /// Brings a value into the own store. A second call for a value that is on its way joins the
  /// first. Never blocks. What depends on the future runs in the thread that ended the pull, and
  /// must be short. To cancel the future is to cancel the pull.
  ///
  /// @param size length of the value in bytes
  /// @param digest its digest: nothing else is accepted
  /// @param holders workers that have it, or are receiving it; best first
  public CompletableFuture<PullResult> pull(
      StoreKey key, long size, long digest, List<WorkerId> holders) {
    if (size < 0 || size > BlockHash.MAX_VALUE_BYTES) {
      return refused("no value has " + size + " bytes");
    }
    Pull pull = new Pull(new StoredCopy(key, size, digest), holders);
    synchronized (this) {
      Pull same = pulls.get(key);
      if (same != null && same.value().equals(pull.value())) {
        return same.result();
      }
      if (closed || same != null || waiting.size() >= config.waitingPulls()) {
        return refused(
            closed ? "closed" : same != null ? "another value of this name comes" : "too many");
      }
      pulls.put(key, pull);
      waiting.add(pull);
      startWaiting();
    }
    CompletableFuture<PullResult> result = pull.result();
    CompletableFuture<PullResult> _ = result.whenComplete((_, _) -> cancelled(pull));
    return result;
  }

  private static CompletableFuture<PullResult> refused(String why) {
    return CompletableFuture.completedFuture(new Failed(Reason.REFUSED, why));
  }

  /// Stops a pull; it ends soon, with [Reason#CANCELLED] unless it was done.
  ///
  /// @return whether there was one
  public boolean cancel(StoreKey key) {
    Pull pull;
    synchronized (this) {
      pull = pulls.get(key);
    }
    if (pull != null) {
      giveUp(pull, Reason.CANCELLED, "cancelled");
    }
    return pull != null;
  }

  private void cancelled(Pull pull) {
    if (pull.result().isCancelled()) {
      giveUp(pull, Reason.CANCELLED, "cancelled");
    }
  }

  private void giveUp(Pull pull, Reason reason, String text) {
    pull.giveUp(reason, text);
    boolean neverBegan;
    synchronized (this) {
      neverBegan = waiting.remove(pull);
      if (neverBegan) {
        pulls.remove(pull.value().key(), pull);
      }
    }
    if (neverBegan) {
      pull.result().complete(new Failed(reason, text));
    }
  }

  private synchronized void startWaiting() {
    while (active < config.activePulls() && !waiting.isEmpty()) {
      Pull pull = waiting.remove();
      active++;
      threads.execute(() -> begin(pull));
    }
  }

  /// The first thread of a pull: sees whether there is anything to fetch, and becomes its first
  /// lane.
  private void begin(Pull pull) {
    Optional<Receiving> into;
    try {
      if (isHereNow(pull)) {
        end(pull, new Stored(pull.value()));
        return;
      }
      into = store.receive(pull.value());
    } catch (IOException | RuntimeException e) {
      end(pull, failed(e));
      return;
    }
    if (into.isEmpty()) {
      end(pull, new Failed(Reason.REFUSED, "another value of this name is here or arriving"));
      return;
    }
    int lanes = Math.clamp(pull.blocks() / BLOCKS_PER_LANE, 1, config.lanes());
    PullLane first = lane(pull, into.get());
    if (!pull.join(first)) {
      finish(pull, into.get());
      return;
    }
    for (int i = 1; i < Math.min(lanes, pull.workers().size()); i++) {
      addLane(pull, into.get());
    }
    run(pull, first, into.get());
  }

  private boolean isHereNow(Pull pull) throws IOException {
    Optional<StoredCopy> here = store.about(pull.value().key());
    if (here.isPresent()) {
      return here.get().equals(pull.value());
    }
    for (WorkerId holder : pull.workers()) {
      if (store.link(holder, pull.value())) {
        counters.add(Count.VALUES_LINKED, 1);
        return true;
      }
    }
    return false;
  }

  private PullLane lane(Pull pull, Receiving into) {
    return new PullLane(pull, into, connections, config, counters);
  }

  private void addLane(Pull pull, Receiving into) {
    PullLane lane = lane(pull, into);
    if (pull.workers().stream().allMatch(connections::isFree) && pull.join(lane)) {
      threads.execute(() -> run(pull, lane, into));
    }
  }

  private void run(Pull pull, PullLane lane, Receiving into) {
    try {
      lane.run();
    } catch (OwnStoreFailure e) {
      Failed failure = failed(e.reason());
      pull.giveUp(failure.reason(), failure.text());
    } finally {
      if (pull.leave(lane)) {
        finish(pull, into);
      }
    }
  }

  /// Seals the value or gives it up, when no lane is left.
  private void finish(Pull pull, Receiving into) {
    PullResult result;
    try {
      result = pull.isComplete() && !pull.isOver() ? new Stored(into.seal()) : pull.failure();
    } catch (IOException e) {
      result = failed(e);
    } finally {
      into.abort();
    }
    end(pull, result);
  }

  private void end(Pull pull, PullResult result) {
    synchronized (this) {
      pulls.remove(pull.value().key(), pull);
      active--;
      startWaiting();
    }
    pull.result().complete(result);
  }

  private static Failed failed(Exception e) {
    Reason reason =
        switch (e) {
          case OutOfSpaceException _ -> Reason.OUT_OF_SPACE;
          case CorruptValueException _ -> Reason.CORRUPT;
          default -> Reason.STORE_FAILED;
        };
    return new Failed(reason, e.toString());
  }

  private void closeIdle(long nowNs) {
    try {
      connections.closeIdle(nowNs);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing unused connections", e);
    }
  }

  /// What has been received, and what went wrong.
  public TransferCounters counters() {
    return counters;
  }

  /// Cancels all pulls, and waits until their threads and connections are gone.
  @Override
  public void close() throws IOException {
    List<Pull> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(pulls.values());
    }
    all.forEach(pull -> giveUp(pull, Reason.CANCELLED, "the client is closed"));
    connections.close();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "a pull does not end");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    watchdog.close();
  }
}
