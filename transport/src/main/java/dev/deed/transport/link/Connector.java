package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// Dials other workers and authenticates the connection. Thread-safe; owns nothing.
public final class Connector {
  /// An authenticated connection, in blocking mode; whoever gets it closes it.
  public record Connection(WorkerId peer, ConnectionKind kind, SocketChannel channel) {}

  private final WorkerId self;
  private final Credentials credentials;
  private final Dialer dialer;

  /// Dials as `self`, through `dialer`.
  public Connector(WorkerId self, Credentials credentials, Dialer dialer) {
    this.self = Objects.requireNonNull(self);
    this.credentials = Objects.requireNonNull(credentials);
    this.dialer = Objects.requireNonNull(dialer);
  }

  /// The worker that this one dials as.
  public WorkerId self() {
    return self;
  }

  /// Connects to `peer` at `address` and returns the authenticated channel, in blocking mode.
  /// `timeout` bounds connecting and the handshake, each. Throws [HandshakeException] if the other
  /// end is not as expected, another [IOException] if there is no other end.
  public SocketChannel dial(
      WorkerId peer, InetSocketAddress address, ConnectionKind kind, Duration timeout)
      throws IOException {
    SocketChannel channel = dialer.connect(address, timeout);
    Handshake.dial(channel, credentials, self, Optional.of(peer), kind, timeout);
    return channel;
  }

  /// Connects, as a [ConnectionKind#CLIENT], to whatever worker of this cluster listens at
  /// `address`, and says which one it is. Fails like [#dial].
  public Connection dialAnyone(InetSocketAddress address, Duration timeout) throws IOException {
    SocketChannel channel = dialer.connect(address, timeout);
    WorkerId peer =
        Handshake.dial(
            channel, credentials, self, Optional.empty(), ConnectionKind.CLIENT, timeout);
    return new Connection(peer, ConnectionKind.CLIENT, channel);
  }
}
