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

/// Sends the values of a store, also those still arriving, to workers that ask for them.
/// Thread-safe.
///
/// Each connection has a thread: one that the system runs, because a virtual one would wait behind
/// user code for a carrier.
public final class TransferServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TransferServer.class.getName());
  private static final long COMPLAINT_INTERVAL_NS = 60_000_000_000L;

  private final StoreBase store;
  private final TransferConfig config;
  private final TransferCounters counters = new TransferCounters();
  private final Watchdog watchdog;
  private final ExecutorService threads;
  private final LinkSpeed zstd = new LinkSpeed(Compression.ASSUMED_BYTES_PER_NS);
  private final Set<SocketChannel> channels = ConcurrentHashMap.newKeySet();
  private final Map<WorkerId, Peer> peers = new HashMap<>();
  private int served;
  private boolean closed;

  /// What is known of a worker that asks.
  private static final class Peer {
    private final LinkSpeed link = new LinkSpeed(0);
    private int connections;
    private long complainedNs = System.nanoTime() - COMPLAINT_INTERVAL_NS;
  }

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
    synchronized (this) {
      Peer known = peers.computeIfAbsent(peer, _ -> new Peer());
      if (!closed
          && known.connections < config.connectionsPerPeer()
          && served < config.servedConnections()) {
        known.connections++;
        served++;
        channels.add(channel);
        threads.execute(() -> run(peer, known, channel));
        return true;
      }
    }
    counters.add(Count.REFUSED, 1);
    channel.close();
    return false;
  }

  private void run(WorkerId id, Peer peer, SocketChannel channel) {
    Watchdog.Guard guard = watchdog.guard(() -> closeQuietly(channel));
    try (channel) {
      channel.configureBlocking(true);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      new Serving(store, channel, guard, config, counters, peer.link, zstd).run();
    } catch (MalformedException e) {
      counters.add(Count.MALFORMED, 1);
      LOG.log(complaint(peer), () -> "closed the bulk connection of " + id.brief() + ": " + e);
    } catch (IOException e) {
      counters.add(Count.BROKEN, 1);
      LOG.log(Level.DEBUG, () -> "the bulk connection of " + id.brief() + " broke: " + e);
    } finally {
      watchdog.forget(guard);
      ended(peer, channel);
    }
  }

  /// How loudly to speak of a peer: once a minute so that people hear it.
  private synchronized Level complaint(Peer peer) {
    long now = System.nanoTime();
    if (now - peer.complainedNs < COMPLAINT_INTERVAL_NS) {
      return Level.DEBUG;
    }
    peer.complainedNs = now;
    return Level.WARNING;
  }

  private synchronized void ended(Peer peer, SocketChannel channel) {
    channels.remove(channel);
    served--;
    peer.connections--;
  }

  /// The peer is dead: what was learned about it is forgotten.
  public synchronized void forget(WorkerId peer) {
    peers.remove(peer);
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
