package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.link.ConnectionHandler;
import dev.deed.transport.link.ConnectionKind;
import dev.deed.transport.link.Credentials;
import dev.deed.transport.link.Dialer;
import dev.deed.transport.link.Endpoint;
import dev.deed.transport.link.Handshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// The voters' channel on the worker's one port: its connections are of [ConnectionKind#GROUP].
public final class EndpointSockets implements GroupSockets {
  private final Endpoint endpoint;
  private final InetSocketAddress address;
  private final Credentials credentials;
  private final Dialer dialer;
  private final Function<InetSocketAddress, Optional<WorkerId>> workers;

  /// Uses the port of `endpoint`, which others know as `address`. `workers` tells who is a member
  /// at an address, so that nobody else is taken for it; it is called by several threads.
  public EndpointSockets(
      Endpoint endpoint,
      InetSocketAddress address,
      Credentials credentials,
      Dialer dialer,
      Function<InetSocketAddress, Optional<WorkerId>> workers) {
    this.endpoint = endpoint;
    this.address = address;
    this.credentials = credentials;
    this.dialer = dialer;
    this.workers = workers;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public Socket dial(InetSocketAddress peer, int timeoutMs) throws IOException {
    Optional<WorkerId> worker = workers.apply(peer);
    if (worker.isEmpty()) {
      throw new IOException("no member is known at " + peer);
    }
    SocketChannel channel = dialer.connect(peer, Duration.ofMillis(timeoutMs));
    Handshake.dial(
        channel, credentials, endpoint.self(), worker, ConnectionKind.GROUP, Handshake.DEADLINE);
    return channel.socket();
  }

  @Override
  public void accept(Consumer<Socket> taker) {
    ConnectionHandler handler = (_, channel) -> taker.accept(channel.socket());
    endpoint.handle(ConnectionKind.GROUP, handler);
  }

  @Override
  public void refuse() {
    endpoint.refuse(ConnectionKind.GROUP);
  }
}
