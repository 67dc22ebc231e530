package dev.deed.futures.runtime;

import dev.deed.ConnectException;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.MessageCodec;
import dev.deed.ownership.membership.Contact;
import dev.deed.transport.group.EndpointSockets;
import dev.deed.transport.group.GroupSockets;
import dev.deed.transport.link.ClusterId;
import dev.deed.transport.link.ConnectionKind;
import dev.deed.transport.link.Connector;
import dev.deed.transport.link.Credentials;
import dev.deed.transport.link.Dialer;
import dev.deed.transport.link.Endpoint;
import dev.deed.transport.link.HandshakeException;
import dev.deed.transport.store.BulkDialer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// A worker's one listening port, and how it reaches the others. Thread-safe.
final class ClusterPorts implements BulkDialer, AutoCloseable {
  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(2);

  private final Endpoint endpoint;
  private final Connector connector;
  private final Dialer dialer;
  private final Credentials credentials;
  private final String cluster;
  private final Path directory;
  private final Map<WorkerId, InetSocketAddress> addresses = new ConcurrentHashMap<>();

  private ClusterPorts(
      Endpoint endpoint,
      Connector connector,
      Dialer dialer,
      Credentials credentials,
      String cluster,
      Path directory) {
    this.endpoint = endpoint;
    this.connector = connector;
    this.dialer = dialer;
    this.credentials = credentials;
    this.cluster = cluster;
    this.directory = directory;
  }

  /// Listens at `bind`.
  ///
  /// @param cluster the cluster's name, from which its id follows
  /// @param directory of the cluster on this host
  static ClusterPorts open(
      WorkerId self, String cluster, byte[] secret, Path directory, InetSocketAddress bind)
      throws IOException {
    long schema = Mixing.mix(MessageCodec.SCHEMA, 2);
    byte[] name = cluster.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    ClusterId id = new ClusterId(Mixing.mix(name, 1), Mixing.mix(name, 2));
    Credentials credentials = new Credentials(id, secret, schema);
    Endpoint endpoint = Endpoint.open(self, credentials, bind);
    Dialer dialer = Dialers.ofProcess();
    Connector connector = new Connector(self, credentials, dialer);
    endpoint.handle(ConnectionKind.CLIENT, (_, channel) -> channel.close());
    return new ClusterPorts(endpoint, connector, dialer, credentials, cluster, directory);
  }

  /// Which worker of this cluster listens there. Throws [ConnectException].
  Contact ask(InetSocketAddress address) {
    try {
      Connector.Connection connection = connector.dialAnyone(address, DIAL_TIMEOUT);
      connection.channel().close();
      return new Contact(connection.peer(), address.getHostString(), address.getPort());
    } catch (HandshakeException e) {
      throw new ConnectException(
          "the worker at " + address + " does not let this one in: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConnectException(
          "no worker answers at "
              + address
              + " ("
              + e.getMessage()
              + "): check the address, and that the cluster runs",
          e);
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Connector connector() {
    return connector;
  }

  String cluster() {
    return cluster;
  }

  /// The cluster's directory on this host, with the locks of its workers.
  Path directory() {
    return directory;
  }

  /// Where this worker listens.
  Contact contact() {
    InetSocketAddress address = endpoint.address();
    return new Contact(endpoint.self(), address.getAddress().getHostAddress(), address.getPort());
  }

  /// A worker can be reached there.
  void learn(WorkerId worker, InetSocketAddress address) {
    addresses.put(worker, address);
  }

  private Optional<WorkerId> workerAt(InetSocketAddress address) {
    for (Map.Entry<WorkerId, InetSocketAddress> known : addresses.entrySet()) {
      if (known.getValue().getPort() == address.getPort()
          && known.getValue().getAddress().equals(address.getAddress())) {
        return Optional.of(known.getKey());
      }
    }
    return Optional.empty();
  }

  /// The sockets of the voters' channel.
  GroupSockets groupSockets() {
    return new EndpointSockets(endpoint, endpoint.address(), credentials, dialer, this::workerAt);
  }

  @Override
  public SocketChannel dial(WorkerId peer) throws IOException {
    InetSocketAddress address = addresses.get(peer);
    if (address == null) {
      throw new IOException("the address of " + peer.brief() + " is not known");
    }
    return connector.dial(peer, address, ConnectionKind.BULK, DIAL_TIMEOUT);
  }

  @Override
  public void close() throws IOException {
    endpoint.close();
  }
}
