package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.link.Connector;
import dev.deed.transport.link.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jgroups.JChannel;
import org.jgroups.Message;

/// The way of the record logs between the servers of estates and their heirs (protocol.md §3):
/// messages of bytes from one worker to another, over JGroups.
///
/// A message may be lost, when a connection ends or its receiver is not there; the record log sends
/// it again. None comes changed, twice, from another worker than it says, or before an earlier one.
/// Thread-safe.
public final class HeirChannel implements AutoCloseable {
  /*
   * A JGroups channel with nothing in it but the transport.  Who is there, and where, the membership
   * log says; lost messages are the record log's to repeat, which it does sooner than JGroups would.
   *
   * Threads: one for each worker to which something was sent, which blocks in the socket while that
   * worker does not read; one for each connection, which reads it and calls the receiver; JGroups's
   * acceptor and its idle timer.  So a worker that stops, or a receiver that blocks, stops the one
   * thread that serves it.
   *
   * Bounds: for each worker HeirOutbox.WINDOW_BYTES wait here, or one message; a receiver that blocks
   * leaves the rest to the sender, by way of the kernel's buffers; one incomplete message is kept.
   */

  /// Hears what comes.
  @FunctionalInterface
  public interface Receiver {
    /// A message, which is the receiver's from now on. Called one at a time for one worker, for
    /// several at once, on threads of the channel. May block: then nothing more of that worker is
    /// read.
    void received(WorkerId from, byte[] message);
  }

  private record Peer(HeirOutbox outbox, HeirInbox inbox) {
    void end() {
      outbox.end();
      inbox.end();
    }
  }

  private final WorkerId self;
  private final int maxMessageBytes;
  private final Receiver receiver;
  private final HeirSockets sockets;
  private final GroupThreads threads;
  private final HeirCounters counters = new HeirCounters();
  private final Map<WorkerId, Peer> peers = new ConcurrentHashMap<>();
  private final Set<WorkerId> forgotten = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final JChannel channel;

  /// Opens the channel of the worker whose port `endpoint` is.
  ///
  /// @param cluster name of the channel
  /// @param connector dials the others
  /// @param maxMessageBytes longest message, sent or received
  public static HeirChannel open(
      String cluster,
      Endpoint endpoint,
      Connector connector,
      int maxMessageBytes,
      Receiver receiver)
      throws IOException {
    Packing.load();
    HeirSockets sockets = new HeirSockets(endpoint, connector);
    GroupThreads threads = new GroupThreads("deed-heirs-", endpoint.self().brief());
    GroupServerSocket server = new GroupServerSocket(sockets);
    try {
      return new HeirChannel(
          cluster, endpoint.self(), sockets, server, threads, maxMessageBytes, receiver);
    } catch (Exception e) {
      sockets.close();
      server.close();
      threads.join();
      throw new IOException("the heirs' channel can't be opened: " + e, e);
    }
  }

  private HeirChannel(
      String cluster,
      WorkerId self,
      HeirSockets sockets,
      GroupServerSocket server,
      GroupThreads threads,
      int maxMessageBytes,
      Receiver receiver)
      throws Exception {
    this.self = self;
    this.sockets = sockets;
    this.threads = threads;
    this.maxMessageBytes = maxMessageBytes;
    this.receiver = receiver;
    channel = HeirTransport.channel(self, sockets, server, threads, counters.malformed);
    channel.setReceiver(new FromGroup());
    channel.connect(cluster);
  }

  /// `worker` listens at `address`. Repeating it changes the address; a forgotten worker stays
  /// forgotten.
  public void peer(WorkerId worker, InetSocketAddress address) {
    if (worker.equals(self) || forgotten.contains(worker) || closed.get()) {
      return;
    }
    peers.computeIfAbsent(worker, this::peer);
    sockets.know(worker, address);
    if (forgotten.contains(worker) || closed.get()) {
      // Meanwhile: whoever forgot it did not see this.
      end(worker);
    }
  }

  private Peer peer(WorkerId worker) {
    return new Peer(
        new HeirOutbox(HeirAddress.of(worker), this::transmit, threads, counters),
        new HeirInbox(maxMessageBytes, counters, message -> receiver.received(worker, message)));
  }

  /// Forgets `worker` and all that waits for it, and refuses it for ever: its death was followed.
  /// When this returns, at most the message that is being delivered is still delivered.
  public void forget(WorkerId worker) {
    forgotten.add(worker);
    end(worker);
  }

  private void end(WorkerId worker) {
    Peer peer = peers.remove(worker);
    if (peer != null) {
      peer.end();
      sockets.forget(worker);
      transport().keepOnly(sockets.known());
    }
  }

  private HeirTransport transport() {
    return (HeirTransport) channel.getProtocolStack().getTransport();
  }

  /// Sends `message`, which must not be changed any more. Never blocks. Returns false, and sends
  /// nothing, for a worker that is not known and when too much waits for it. Throws
  /// [IllegalArgumentException] for an empty or too long message.
  public boolean send(WorkerId to, byte[] message) {
    if (message.length == 0 || message.length > maxMessageBytes) {
      throw new IllegalArgumentException(
          "a message of " + message.length + " bytes; 1 to " + maxMessageBytes + " are taken");
    }
    Peer peer = peers.get(to);
    return peer != null && peer.outbox.offer(message);
  }

  private boolean transmit(HeirFrame frame) {
    try {
      channel.send(frame);
    } catch (Exception e) {
      // The channel has been closed meanwhile. What fails otherwise, JGroups does not throw.
      return false;
    }
    return frame.sent();
  }

  /// Hears JGroups, on the thread that reads a connection.
  private final class FromGroup implements org.jgroups.Receiver {
    @Override
    public void receive(Message message) {
      if (message instanceof HeirFrame frame) {
        Peer peer = peers.get(HeirAddress.worker(frame.getSrc()));
        if (peer == null) {
          counters.framesDropped.increment();
        } else {
          arrived(peer, frame);
        }
      }
    }
  }

  private static void arrived(Peer peer, HeirFrame frame) {
    try {
      peer.inbox.arrived(frame);
    } catch (RuntimeException e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  /// What was counted so far.
  public HeirStatistics statistics() {
    return counters.sum();
  }

  /// The channel's threads that run, for tests.
  List<Thread> threads() {
    return threads.running();
  }

  /// Closes all connections, unsent messages included, and waits until no thread is left, and so
  /// for a receiver that is being called, except on the calling thread. Repeated calls do nothing.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      peers.values().forEach(Peer::end);
      peers.clear();
      sockets.close();
      channel.close();
      threads.join();
    }
  }
}
