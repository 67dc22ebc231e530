package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.link.HandshakeException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// All that this worker has with one other: what was not acknowledged, what was received, and the
/// one connection, which it replaces when it is lost.
final class Link implements LinkWriter.Client {
  /*
   * State: closed for ever, or: a connection with its reader; dialing (a virtual thread); being
   * accepted; or nothing of these, while there is nothing to send and the peer is the one to dial.
   *
   * Messages: a connection becomes a link by two greetings (Greeting). The acceptor decides, so both ends
   * agree on which connection it is: if both dial at once, the worker with the lower id refuses while it
   * is dialing itself, and the one with the higher id gives its own attempt up. `generation` counts
   * their connections: a dialer that knows of fewer has not heard yet that one was made.
   *
   * Invariants: at most one reader runs; a greeting tells a count of received messages that no reader is
   * changing any more.
   *
   * Failure: whatever happens to a connection ends in its reader, which says so and dials again if it is
   * this worker's turn or there is something to send.
   *
   * Locks: `state` for who connects; the sender has its own, taken inside it.
   */

  private static final long READER_END_MS = 2_000;

  private final LinkContext context;
  private final WorkerId peer;
  private final boolean lower;
  private final LinkSender sender;
  private final LinkDialer dialer;
  private volatile boolean closed;
  private volatile long received;

  /// Set by the runner that found no room, taken back by the reader that tells of it.
  private volatile boolean roomWanted;

  private long heartbeatNs = System.nanoTime();
  private long heartbeatWrites;

  /// What waits for more before it is sent, at most: batches of the runner, bytes, and time since
  /// the last was sent.
  private static final int SOON_BATCHES = 64;

  private static final int SOON_BYTES = 16 * 1024;
  private static final long SOON_NS = 100_000;

  // The runner's.
  boolean dirty;
  private int soonBatches;
  private long flushedBytes;
  private long flushedNs = System.nanoTime();
  private long countedMessages;
  private long countedBytes;

  private final ReentrantLock state = new ReentrantLock();
  private @Nullable InetSocketAddress address;
  private volatile @Nullable Thread dialing;
  private boolean attempting;
  private boolean accepting;
  private @Nullable LinkConnection current;
  private long generation;
  private volatile boolean fruitful = true;
  private long receivedBefore;
  private long acknowledgedBefore;

  Link(LinkContext context, WorkerId peer) {
    this.context = context;
    this.peer = peer;
    this.lower = context.self().compareTo(peer) < 0;
    this.dialer = new LinkDialer(this, context);
    this.sender = new LinkSender(new Outbox(context.pool(), context.options().maxMessageBytes()));
  }

  WorkerId peer() {
    return peer;
  }

  LinkSender sender() {
    return sender;
  }

  Outbox outbox() {
    return sender.outbox;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isConnected() {
    return sender.connection() != null;
  }

  /// The reader has delivered `count` messages in all.
  void received(long count) {
    received = count;
  }

  /// Runner: sends what was queued.
  void flush() {
    publish();
    soonBatches = 0;
    flushedBytes = countedBytes;
    flushedNs = System.nanoTime();
    sender.pump();
    if (sender.connection() == null && dialing == null) {
      connect();
    }
  }

  /// Runner: sends what was queued, or, if that is little, has the writer send it soon; returns
  /// whether it did that.
  boolean flushSoon() {
    publish();
    if (++soonBatches < SOON_BATCHES
        && countedBytes - flushedBytes < SOON_BYTES
        && System.nanoTime() - flushedNs < SOON_NS
        && sender.connection() != null) {
      context.writer().soon();
      return true;
    }
    flush();
    return false;
  }

  private void publish() {
    Outbox outbox = sender.outbox;
    outbox.publish();
    context.counters().messagesSent.add(outbox.publishedNumber() - countedMessages);
    context.counters().bytesSent.add(outbox.publishedBytes() - countedBytes);
    countedMessages = outbox.publishedNumber();
    countedBytes = outbox.publishedBytes();
  }

  /// Runner: whether no more than the soft bound is kept; if more, the reader will tell.
  boolean hasRoom() {
    long bound = context.options().softBytes();
    if (closed || sender.outbox.queuedBytes() <= bound) {
      return true;
    }
    roomWanted = true;
    // The last acknowledgement may have come before the wish was there to be seen.
    return sender.outbox.queuedBytes() <= bound;
  }

  /// Reader: tells of room that was waited for. Holds no lock.
  void tellDrained() {
    if (roomWanted && sender.outbox.unacknowledgedBytes() <= context.options().softBytes() / 2) {
      roomWanted = false;
      context.listener().drained(peer);
    }
  }

  /// Wakes the reader, if it rests. One that is about to start has not asked yet.
  void resume() {
    LinkConnection connection = current();
    if (connection != null) {
      connection.wake();
    }
  }

  void address(InetSocketAddress newAddress) {
    state.lock();
    try {
      address = newAddress;
    } finally {
      state.unlock();
    }
    connect();
  }

  @Override
  public void writable() {
    LinkConnection connection = sender.connection();
    if (connection != null) {
      sender.writable(connection);
    }
  }

  @Override
  public void soon() {
    sender.pump();
  }

  @Override
  public void tick(long nowNs) {
    LinkConnection connection = sender.connection();
    if (connection == null) {
      return;
    }
    long count = received;
    long writes = connection.writes();
    boolean due = count > connection.acknowledged;
    if (writes != heartbeatWrites) {
      heartbeatWrites = writes;
      heartbeatNs = nowNs;
    } else if (nowNs - heartbeatNs >= context.options().heartbeat().toNanos()) {
      due = true;
    }
    if (due) {
      sender.acknowledge(count);
    }
  }

  // ---- Connecting ----

  /// Begins to dial if it is for this worker to do so and nobody does.
  private void connect() {
    state.lock();
    try {
      if (dialing == null && shouldDial()) {
        // A virtual one would not run while tasks compute on all processors.
        Thread thread =
            Thread.ofPlatform().daemon().name("deed-dial-" + peer.brief()).unstarted(dialer);
        dialing = thread;
        context.threads().start(thread);
      }
    } finally {
      state.unlock();
    }
  }

  private boolean shouldDial() {
    return !closed
        && !accepting
        && current == null
        && address != null
        && (lower || sender.outbox.hasUnacknowledged());
  }

  /// Dialer: what to dial now; null if there is nothing to do, and then no dialer any more.
  LinkDialer.@Nullable Attempt nextAttempt() {
    state.lock();
    try {
      if (!shouldDial()) {
        dialing = null;
        // Who flushed between the two looks saw a dialer and relies on it.
        if (!shouldDial()) {
          return null;
        }
        dialing = Thread.currentThread();
      }
      InetSocketAddress to = address;
      attempting = to != null;
      return to == null ? null : new LinkDialer.Attempt(to, generation);
    } finally {
      state.unlock();
    }
  }

  /// Dialer: the attempt has ended, one way or the other.
  void endAttempt() {
    state.lock();
    try {
      attempting = false;
    } finally {
      state.unlock();
    }
  }

  /// Whether dialing has become pointless: the peer has come, or goes for ever.
  boolean isSettled() {
    state.lock();
    try {
      return closed || accepting || current != null;
    } finally {
      state.unlock();
    }
  }

  /// Whether the last connection, if there was one, brought anything.
  boolean wasFruitful() {
    return fruitful;
  }

  Greeting greeting(long known) {
    return new Greeting(true, known, received);
  }

  /// Dialer: the peer has taken the connection. False if it is not wanted any more.
  boolean dialed(SocketChannel channel, Greeting answer) throws IOException {
    state.lock();
    try {
      generation = Math.max(generation, answer.generation());
      return shouldDial() && install(channel, answer.received());
    } finally {
      state.unlock();
    }
  }

  /// The peer has dialed: `channel` is authenticated. On an exception the caller closes it.
  void accept(SocketChannel channel) throws IOException {
    TimedSocket io = new TimedSocket(channel, LinkDialer.TIMEOUT);
    Greeting theirs = Greeting.read(io);
    if (!mayAccept(theirs)) {
      Greeting.refusal().write(io);
      io.part();
      throw new HandshakeException(Reason.REFUSED, "another connection is being made");
    }
    boolean installed = false;
    try {
      replace();
      state.lock();
      try {
        if (closed || current != null) {
          throw new HandshakeException(Reason.REFUSED, "the link is closed or busy");
        }
        generation = Math.max(generation, theirs.generation()) + 1;
        new Greeting(true, generation, received).write(io);
        io.release();
        installed = install(channel, theirs.received());
        if (!installed) {
          throw new HandshakeException(Reason.GARBAGE, "the peer's count is impossible");
        }
      } finally {
        state.unlock();
      }
    } finally {
      endAccepting();
    }
  }

  private @Nullable LinkConnection current() {
    state.lock();
    try {
      return current;
    } finally {
      state.unlock();
    }
  }

  private boolean mayAccept(Greeting theirs) {
    state.lock();
    try {
      boolean mine = attempting || (current != null && theirs.generation() < generation);
      if (closed || accepting || (lower && mine)) {
        return false;
      }
      accepting = true;
      Thread thread = dialing;
      if (thread != null) {
        thread.interrupt();
      }
      return true;
    } finally {
      state.unlock();
    }
  }

  private void endAccepting() {
    state.lock();
    try {
      accepting = false;
    } finally {
      state.unlock();
    }
    // Also after success: the new connection may have ended already, when it was not its reader's
    // turn.
    connect();
  }

  /// Ends the connection that the peer must have lost, and waits for its reader.
  private void replace() throws IOException {
    LinkConnection old = current();
    if (old == null) {
      return;
    }
    old.close("the peer connects anew");
    try {
      if (!old.awaitEnd(READER_END_MS)) {
        throw new HandshakeException(Reason.REFUSED, "the old connection's reader is busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// Makes `channel` the link's connection; under the state lock. False if the peer's count can't
  /// be.
  private boolean install(SocketChannel channel, long theirReceived) throws IOException {
    LinkConnection connection = new LinkConnection(channel, context.writer(), received);
    // What the greeting acknowledges is use that the last connection was of.
    long acknowledged = sender.outbox.acknowledged();
    try {
      context.counters().messagesResent.add(sender.attach(connection, theirReceived));
    } catch (MalformedException e) {
      context.counters().violations.increment();
      connection.close("impossible count: " + e.getMessage());
      connection.end();
      return false;
    }
    context.counters().connections.increment();
    context.writer().attach(channel, this);
    current = connection;
    receivedBefore = received;
    acknowledgedBefore = acknowledged;
    context
        .threads()
        .start(
            Thread.ofPlatform()
                .daemon()
                .name("deed-link-" + peer.brief())
                .unstarted(new LinkReader(this, connection, context, received)));
    sender.pump();
    return true;
  }

  /// Reader: its connection is closed, and `count` messages were delivered in all.
  void readerEnded(LinkConnection connection, long count) {
    received = count;
    sender.detach(connection);
    context.writer().detach(connection.channel);
    String why = connection.why();
    if (!closed) {
      context.tellDisconnected(peer, why == null ? "closed" : why);
    }
    state.lock();
    try {
      fruitful = count > receivedBefore || sender.outbox.acknowledged() > acknowledgedBefore;
      current = null;
    } finally {
      state.unlock();
    }
    connection.end();
    connect();
  }

  /// Closes it for ever; waits for nothing.
  void close() {
    closed = true;
    state.lock();
    try {
      Thread thread = dialing;
      if (thread != null) {
        thread.interrupt();
      }
    } finally {
      state.unlock();
    }
    LinkConnection connection = current();
    if (connection != null) {
      connection.close("the link is closed");
    }
  }
}
