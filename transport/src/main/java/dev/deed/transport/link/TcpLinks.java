package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.transport.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// [Links] over TCP: one connection for each peer, accepted by an [Endpoint] or dialed.
///
/// Threads: a reader for each connection (platform, daemon), one writer for all that sockets did
/// not take at once, and a virtual thread for each peer that is being dialed.
public final class TcpLinks implements Links {
  private final Endpoint endpoint;
  private final LinkContext context;
  private final Map<WorkerId, Link> links = new ConcurrentHashMap<>();
  private final Map<Thread, SocketChannel> greeting = new ConcurrentHashMap<>();
  private final Set<WorkerId> refused = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
  private volatile boolean closed;

  // The runner's.
  private final List<Link> dirty = new ArrayList<>();
  private final WireWriter nowhere = new WireWriter(1024);
  private @Nullable Link open;
  private @Nullable WorkerId openPeer;

  private TcpLinks(Endpoint endpoint, LinkContext context) {
    this.endpoint = endpoint;
    this.context = context;
  }

  /// Takes over connections of this kind from `endpoint`, dials by `connector`, and tells
  /// `listener`. The endpoint stays the caller's to close, after these.
  public static TcpLinks open(
      Endpoint endpoint,
      Connector connector,
      ConnectionKind kind,
      LinkOptions options,
      LinkListener listener)
      throws IOException {
    LinkWriter writer = new LinkWriter("deed-link-writer-" + endpoint.address().getPort());
    LinkContext context =
        new LinkContext(
            endpoint.self(),
            kind,
            connector,
            listener,
            options,
            writer,
            new WriterPool(),
            new LinkThreads(),
            new LinkContext.Counters());
    TcpLinks links = new TcpLinks(endpoint, context);
    writer.start();
    endpoint.handle(kind, links.new Acceptor());
    return links;
  }

  private final class Acceptor implements ConnectionHandler {
    @Override
    public void accepted(WorkerId peer, SocketChannel channel) throws IOException {
      greeting.put(Thread.currentThread(), channel);
      try {
        Link link = link(peer);
        if (link == null) {
          throw new IOException("closed for " + peer.brief());
        }
        link.accept(channel);
      } finally {
        greeting.remove(Thread.currentThread());
      }
    }

    @Override
    public Optional<String> refusal(WorkerId peer) {
      return closed || refused.contains(peer)
          ? Optional.of(peer.brief() + " counts as dead here")
          : Optional.empty();
    }
  }

  /// The link to `peer`, or null if that is closed.
  private @Nullable Link link(WorkerId peer) {
    Link known = links.get(peer);
    if (known != null) {
      return known;
    }
    if (peer.equals(context.self())) {
      throw new IllegalArgumentException("a worker has no link to itself");
    }
    if (closed || refused.contains(peer)) {
      return null;
    }
    Link link = links.computeIfAbsent(peer, id -> new Link(context, id));
    // Closed in between: whoever closed did not see this one.
    if (closed || refused.contains(peer)) {
      links.remove(peer, link);
      link.close();
      return null;
    }
    return link;
  }

  @Override
  public void peer(WorkerId peer, InetSocketAddress address) {
    Link link = link(peer);
    if (link != null) {
      link.address(address);
    }
  }

  @Override
  public WireWriter begin(WorkerId peer) {
    assert enter();
    try {
      Link last = open;
      if (last != null) {
        last.outbox().takeBack();
      }
      Link link = last != null && last.peer().equals(peer) && !last.isClosed() ? last : link(peer);
      open = link;
      openPeer = peer;
      if (link == null) {
        nowhere.clear();
        return nowhere;
      }
      return link.outbox().begin();
    } finally {
      assert leave();
    }
  }

  @Override
  public boolean end(WorkerId peer) {
    assert enter();
    try {
      if (!peer.equals(openPeer)) {
        throw new IllegalStateException("no message to " + peer.brief() + " was begun");
      }
      openPeer = null;
      Link link = open;
      if (link == null) {
        context.counters().messagesDiscarded.increment();
        return true;
      }
      Outbox outbox = link.outbox();
      long queued = outbox.queuedBytes();
      if (queued > context.options().hardBytes()) {
        outbox.takeBack();
        throw new LinkOverflowException(peer, queued, context.options().hardBytes());
      }
      outbox.end();
      if (!link.dirty) {
        link.dirty = true;
        dirty.add(link);
      }
      return queued <= context.options().softBytes();
    } finally {
      assert leave();
    }
  }

  @Override
  public boolean hasRoom(WorkerId peer) {
    Link link = links.get(peer);
    return link == null || link.hasRoom();
  }

  @Override
  public void resume(WorkerId peer) {
    Link link = links.get(peer);
    if (link != null) {
      link.resume();
    }
  }

  @Override
  public void flush() {
    assert enter();
    try {
      for (Link link : dirty) {
        link.dirty = false;
        if (!link.isClosed()) {
          link.flush();
        }
      }
      dirty.clear();
    } finally {
      assert leave();
    }
  }

  @Override
  public void flushSoon() {
    assert enter();
    try {
      int kept = 0;
      for (Link link : dirty) {
        if (!link.isClosed() && link.flushSoon()) {
          dirty.set(kept++, link);
        } else {
          link.dirty = false;
        }
      }
      dirty.subList(kept, dirty.size()).clear();
    } finally {
      assert leave();
    }
  }

  @Override
  public void close(WorkerId peer) {
    refused.add(peer);
    Link link = links.remove(peer);
    if (link != null) {
      link.close();
    }
  }

  @Override
  public LinkStatistics statistics() {
    int connected = 0;
    long unacknowledged = 0;
    for (Link link : links.values()) {
      connected += link.isConnected() ? 1 : 0;
      unacknowledged += link.outbox().unacknowledgedBytes();
    }
    LinkContext.Counters counters = context.counters();
    return new LinkStatistics(
        links.size(),
        connected,
        unacknowledged,
        counters.messagesSent.sum(),
        counters.bytesSent.sum(),
        counters.messagesReceived.sum(),
        counters.bytesReceived.sum(),
        counters.messagesResent.sum(),
        counters.messagesDiscarded.sum(),
        counters.connections.sum(),
        counters.dialsFailed.sum(),
        counters.violations.sum());
  }

  @Override
  public void close() {
    closed = true;
    endpoint.refuse(context.kind());
    links.values().forEach(Link::close);
    greeting.forEach(TcpLinks::end);
    context.threads().join();
    context.writer().close();
  }

  /// Ends a connection that has not become a link, and the thread that greets.
  private static void end(Thread greeter, SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a socket can't be closed", e);
    }
    Threads.join(greeter);
  }

  private boolean enter() {
    return runner.compareAndSet(null, Thread.currentThread());
  }

  private boolean leave() {
    return runner.compareAndSet(Thread.currentThread(), null);
  }
}
