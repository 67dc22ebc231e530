package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.membership.Contact;
import dev.deed.transport.group.EndpointSockets;
import dev.deed.transport.group.GroupSockets;
import dev.deed.transport.link.ConnectionKind;
import dev.deed.transport.link.Connector;
import dev.deed.transport.link.Credentials;
import dev.deed.transport.link.Dialer;
import dev.deed.transport.link.Endpoint;
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
    Credentials credentials = ClusterClient.credentials(cluster, secret);
    Endpoint endpoint = Endpoint.open(self, credentials, bind);
    Dialer dialer = Dialers.ofProcess();
    Connector connector = new Connector(self, credentials, dialer);
    return new ClusterPorts(endpoint, connector, dialer, credentials, cluster, directory);
  }

  /// Which worker of this cluster listens there. Throws [dev.deed.ConnectException].
  Contact ask(InetSocketAddress address) {
    Connector.Connection connection = ClusterClient.dial(connector, address);
    try {
      connection.channel().close();
    } catch (IOException e) {
      System.getLogger("dev.deed").log(System.Logger.Level.DEBUG, "A connection broke", e);
    }
    return new Contact(connection.peer(), address.getHostString(), address.getPort());
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
    return connector.dial(peer, known(peer), ConnectionKind.BULK, DIAL_TIMEOUT);
  }

  /// A connection for one question to `peer`.
  SocketChannel client(WorkerId peer) throws IOException {
    return client(peer, known(peer));
  }

  /// The same, where it is known to listen at `address`.
  SocketChannel client(WorkerId peer, InetSocketAddress address) throws IOException {
    return connector.dial(peer, address, ConnectionKind.CLIENT, DIAL_TIMEOUT);
  }

  private InetSocketAddress known(WorkerId peer) throws IOException {
    InetSocketAddress address = addresses.get(peer);
    if (address == null) {
      throw new IOException("the address of " + peer.brief() + " is not known");
    }
    return address;
  }

  @Override
  public void close() throws IOException {
    endpoint.close();
  }
}
