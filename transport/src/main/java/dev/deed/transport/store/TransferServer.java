package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.store.TransferCounters.Count;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Sends the values of a store, also those still arriving, to workers that ask for them. Thread-safe.
///
/// Each connection has a thread: one that the system runs, because a virtual one would wait behind
/// user code for a carrier.
public final class TransferServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TransferServer.class.getName());
  private static final double ASSUMED_ZSTD_BYTES_PER_NS = 0.5;

  private final StoreBase store;
  private final TransferConfig config;
  private final TransferCounters counters = new TransferCounters();
  private final Watchdog watchdog;
  private final ExecutorService threads;
  private final LinkSpeed zstd = new LinkSpeed(ASSUMED_ZSTD_BYTES_PER_NS);
  private final Set<SocketChannel> channels = ConcurrentHashMap.newKeySet();
  private final Map<WorkerId, Integer> connections = new HashMap<>();
  private final Map<WorkerId, LinkSpeed> links = new HashMap<>();
  private int served;
  private boolean closed;

  /// Serves what is in `store`, which it does not close.
  public TransferServer(ObjectStore store, TransferConfig config) {
    this.store =
        switch (store) {
          case StoreBase base -> base;
        };
    this.config = config;
    this.watchdog = new Watchdog("deed-bulk-server-watch", config.stallNs());
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("deed-bulk-server-", 0).factory());
  }

  /// Serves a connection of an authenticated peer, in another thread, until either side closes it.
  ///
  /// @param channel blocking; closed by the server in any case
  /// @return whether it is served: not if there are too many connections, or the server is closed
  public boolean serve(WorkerId peer, SocketChannel channel) throws IOException {
    LinkSpeed link;
    synchronized (this) {
      int mine = connections.getOrDefault(peer, 0);
      if (closed || mine >= config.connectionsPerPeer() || served >= config.servedConnections()) {
        counters.add(Count.REFUSED, 1);
        channel.close();
        return false;
      }
      connections.put(peer, mine + 1);
      served++;
      link = links.computeIfAbsent(peer, _ -> new LinkSpeed(0));
      channels.add(channel);
    }
    threads.execute(() -> run(peer, channel, link));
    return true;
  }

  private void run(WorkerId peer, SocketChannel channel, LinkSpeed link) {
    Watchdog.Guard guard = watchdog.guard(() -> closeQuietly(channel));
    try (channel) {
      channel.configureBlocking(true);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      new Serving(store, channel, guard, config, counters, link, zstd).run();
    } catch (MalformedException e) {
      counters.add(Count.MALFORMED, 1);
      LOG.log(Level.WARNING, () -> "closed the bulk connection of " + peer.brief() + ": " + e);
    } catch (IOException e) {
      counters.add(Count.BROKEN, 1);
      LOG.log(Level.DEBUG, () -> "the bulk connection of " + peer.brief() + " broke: " + e);
    } finally {
      watchdog.forget(guard);
      ended(peer, channel);
    }
  }

  private synchronized void ended(WorkerId peer, SocketChannel channel) {
    channels.remove(channel);
    served--;
    int left = connections.merge(peer, -1, Integer::sum);
    if (left == 0) {
      connections.remove(peer);
    }
  }

  /// The peer is dead: what was learned about the link to it is forgotten.
  public synchronized void forget(WorkerId peer) {
    links.remove(peer);
  }

  /// What has been sent, and what went wrong.
  public TransferCounters counters() {
    return counters;
  }

  /// Closes all connections and waits for their threads.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    channels.forEach(TransferServer::closeQuietly);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "a bulk connection does not end");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    watchdog.close();
  }

  /// Closes a connection that is given up; what it has to say about it doesn't matter any more.
  static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a connection", e);
    }
  }
}
