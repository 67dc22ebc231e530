package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The client's connections: a bounded number to each peer, kept for a while when unused.
/// Thread-safe.
final class PeerConnections {
  private static final long WAIT_MS = 100;

  private final BulkDialer dialer;
  private final TransferConfig config;
  private final Watchdog watchdog;
  private final Map<WorkerId, Peer> peers = new HashMap<>();
  private boolean closed;

  /// What is open to one peer.
  private static final class Peer {
    private final Deque<Held> idle = new ArrayDeque<>();
    private int open;
  }

  /// A connection and what watches it.
  record Held(WorkerId peer, BulkConnection connection, Watchdog.Guard guard) {}

  PeerConnections(BulkDialer dialer, TransferConfig config, Watchdog watchdog) {
    this.dialer = dialer;
    this.config = config;
    this.watchdog = watchdog;
  }

  /// Whether a connection to the peer could be had without waiting.
  synchronized boolean isFree(WorkerId peer) {
    Peer known = peers.get(peer);
    return known == null || !known.idle.isEmpty() || known.open < config.connectionsPerPeer();
  }

  /// Takes a connection: an unused one, or a new one; waits while there are too many. Each of those
  /// in use makes progress or is given up, so the wait ends.
  ///
  /// @param lane told what to end if it is cancelled while dialing
  Held take(WorkerId peer, PullLane lane) throws IOException {
    synchronized (this) {
      awaitFree(peer, lane);
      Peer known = peers.computeIfAbsent(peer, _ -> new Peer());
      Held unused = known.idle.pollLast();
      if (unused != null) {
        return unused;
      }
      known.open++;
    }
    boolean done = false;
    try {
      Held held = dial(peer, lane);
      done = true;
      return held;
    } finally {
      if (!done) {
        left(peer);
      }
    }
  }

  private synchronized void awaitFree(WorkerId peer, PullLane lane) throws IOException {
    try {
      while (!isFree(peer) && !closed) {
        lane.requireWanted();
        wait(WAIT_MS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
    requireOpen();
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the client is closed");
    }
  }

  private Held dial(WorkerId peer, PullLane lane) throws IOException {
    Watchdog.Guard patience = watchdog.guard(Thread.currentThread()::interrupt);
    SocketChannel channel;
    try {
      patience.expect(config.stallNs());
      lane.endWith(patience);
      channel = dialer.dial(peer);
    } finally {
      lane.endWithNothing();
      watchdog.forget(patience);
      Thread.interrupted(); // meant for the dialing, which is over
    }
    Watchdog.Guard guard = watchdog.guard(() -> TransferServer.closeQuietly(channel));
    Held held = new Held(peer, new BulkConnection(channel), guard);
    try {
      channel.configureBlocking(true);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return held;
    } catch (IOException e) {
      watchdog.forget(guard);
      channel.close();
      throw e;
    }
  }

  /// Gives back a connection on which nothing is under way.
  void giveBack(Held held) throws IOException {
    held.guard().rest();
    held.connection().idleSince(System.nanoTime());
    synchronized (this) {
      Peer known = peers.get(held.peer());
      if (!closed && known != null) {
        known.idle.addLast(held);
        notifyAll();
        return;
      }
    }
    discard(held);
  }

  /// Closes a connection that can't be used any more.
  void discard(Held held) throws IOException {
    watchdog.forget(held.guard());
    try {
      held.connection().close();
    } finally {
      left(held.peer());
    }
  }

  private synchronized void left(WorkerId peer) {
    Peer known = peers.get(peer);
    if (known != null) {
      known.open--;
      if (known.open == 0) {
        peers.remove(peer);
      }
    }
    notifyAll();
  }

  /// Closes connections that have been unused for too long.
  void closeIdle(long nowNs) throws IOException {
    closeSome(nowNs - config.idleNs());
  }

  /// Closes all unused connections; those in use are closed when they are given back.
  void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    closeSome(System.nanoTime());
  }

  private void closeSome(long idleBeforeNs) throws IOException {
    List<Held> old = new ArrayList<>();
    synchronized (this) {
      for (Peer peer : peers.values()) {
        while (!peer.idle.isEmpty()
            && peer.idle.getFirst().connection().idleSinceNs() - idleBeforeNs <= 0) {
          old.add(peer.idle.removeFirst());
        }
      }
    }
    for (Held held : old) {
      discard(held);
    }
  }
}
