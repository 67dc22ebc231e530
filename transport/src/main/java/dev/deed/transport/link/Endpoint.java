package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.Threads;
import dev.deed.transport.link.HandshakeException.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// A worker's one listening port. Each accepted connection is authenticated on a thread of its own
/// and handed to the handler of its kind. Thread-safe.
///
/// Threads: one that accepts, and one for each connection until its handler returns: no virtual
/// ones, which don't run while tasks compute on all processors. Strangers can hold at most
/// [#MAX_STRANGERS] connections, each for [Handshake#DEADLINE].
public final class Endpoint implements AutoCloseable {
  /// Number of connections that may be in the handshake at once; further ones are closed unheard.
  public static final int MAX_STRANGERS = 64;

  /// More than strangers, so that the kernel does not drop a member that comes with a crowd.
  private static final int BACKLOG = 4 * MAX_STRANGERS;

  private static final long ACCEPT_RETRY_NS = 10_000_000;

  private final ServerSocketChannel server;
  private final InetSocketAddress address;
  private final WorkerId self;
  private final Credentials credentials;
  private final Map<ConnectionKind, ConnectionHandler> handlers = new ConcurrentHashMap<>();
  private final Map<Thread, SocketChannel> strangers = new ConcurrentHashMap<>();
  private final Map<Reason, LongAdder> refused = new EnumMap<>(Reason.class);
  private final LongAdder accepted = new LongAdder();
  private final LongAdder overflowed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Thread acceptor;
  private volatile boolean closed;

  private Endpoint(ServerSocketChannel server, WorkerId self, Credentials credentials)
      throws IOException {
    this.server = server;
    this.address = (InetSocketAddress) server.getLocalAddress();
    this.self = Objects.requireNonNull(self);
    this.credentials = Objects.requireNonNull(credentials);
    for (Reason reason : Reason.values()) {
      refused.put(reason, new LongAdder());
    }
    this.acceptor =
        Thread.ofPlatform()
            .daemon()
            .name("deed-accept-" + address.getPort())
            .unstarted(this::acceptAll);
  }

  /// Listens at `bind` (port 0: any free one) as `self`. Throws [PortUnavailableException] if the
  /// address can't be had.
  public static Endpoint open(WorkerId self, Credentials credentials, InetSocketAddress bind)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    boolean open = false;
    try {
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      server.bind(bind, BACKLOG);
      Endpoint endpoint = new Endpoint(server, self, credentials);
      endpoint.acceptor.start();
      open = true;
      return endpoint;
    } catch (BindException e) {
      throw new PortUnavailableException(
          String.format(
              "Can't listen at %s port %d (%s): choose another port, or 0 for any free one.",
              bind.getHostString(), bind.getPort(), e.getMessage()),
          e);
    } catch (UnresolvedAddressException e) {
      throw new PortUnavailableException(
          String.format(
              "Can't listen at %s, since no such host is known: name an address of this machine.",
              bind.getHostString()),
          e);
    } finally {
      if (!open) {
        server.close();
      }
    }
  }

  /// Where it listens, with the real port.
  public InetSocketAddress address() {
    return address;
  }

  /// The worker whose endpoint this is.
  public WorkerId self() {
    return self;
  }

  /// Gives connections of `kind` to `handler` from now on. Without a handler they are refused.
  public void handle(ConnectionKind kind, ConnectionHandler handler) {
    handlers.put(kind, handler);
  }

  /// Refuses connections of `kind` from now on.
  public void refuse(ConnectionKind kind) {
    handlers.remove(kind);
  }

  /// What was counted so far.
  public EndpointStatistics statistics() {
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    refused.forEach((reason, count) -> reasons.put(reason, count.sum()));
    return new EndpointStatistics(
        accepted.sum(), reasons, overflowed.sum(), failed.sum(), strangers.size());
  }

  /// Stops listening, closes connections that are still in the handshake, and waits until their
  /// threads and its own have ended. Connections that were handed over, and the threads that
  /// handlers keep, are the handlers'.
  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    Threads.join(acceptor);
    for (Map.Entry<Thread, SocketChannel> stranger : strangers.entrySet()) {
      stranger.getValue().close();
      Threads.join(stranger.getKey());
    }
  }

  private void acceptAll() {
    while (!closed) {
      try {
        SocketChannel channel = server.accept();
        if (strangers.size() >= MAX_STRANGERS) {
          overflowed.increment();
          channel.close();
        } else {
          greet(channel);
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Out of file descriptors, usually: others free them, and a stranger can't end the loop.
        failed.increment();
        LockSupport.parkNanos(ACCEPT_RETRY_NS);
      }
    }
  }

  private void greet(SocketChannel channel) {
    Thread greeter =
        Thread.ofPlatform()
            .daemon()
            .name("deed-greet-" + address.getPort())
            .unstarted(() -> {
              try {
                authenticate(channel);
              } finally {
                strangers.remove(Thread.currentThread());
              }
            });
    strangers.put(greeter, channel);
    greeter.start();
  }

  private void authenticate(SocketChannel channel) {
    boolean handedOver = false;
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Handshake.Dialed dialed =
          Handshake.accept(channel, credentials, self, this::refusal, Handshake.DEADLINE);
      strangers.remove(Thread.currentThread());
      ConnectionHandler handler = handlers.get(dialed.kind());
      if (handler != null && !closed) {
        accepted.increment();
        handler.accepted(dialed.peer(), channel);
        handedOver = true;
      }
    } catch (HandshakeException e) {
      count(e.reason());
    } catch (IOException e) {
      failed.increment();
    } finally {
      if (!handedOver) {
        discard(channel);
      }
    }
  }

  private Optional<String> refusal(WorkerId peer, ConnectionKind kind) {
    ConnectionHandler handler = handlers.get(kind);
    if (handler == null || closed) {
      return Optional.of("no connections of kind " + kind + " here");
    }
    return handler.refusal(peer);
  }

  private void count(Reason reason) {
    Objects.requireNonNull(refused.get(reason)).increment();
  }

  private void discard(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      failed.increment();
    }
  }
}
