package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.link.ConnectionHandler;
import dev.deed.transport.link.ConnectionKind;
import dev.deed.transport.link.Connector;
import dev.deed.transport.link.Endpoint;
import dev.deed.transport.link.Handshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The connections of the heirs' channel, on the worker's one port and of [ConnectionKind#HEIRS]:
/// with workers that are known here, and with nobody else. Thread-safe.
final class HeirSockets implements GroupSockets {
  private static final System.Logger LOG = System.getLogger(HeirSockets.class.getName());

  private final Endpoint endpoint;
  private final Connector connector;

  // Guarded by this.
  private final Map<WorkerId, InetSocketAddress> known = new HashMap<>();
  private final Map<WorkerId, List<Socket>> open = new HashMap<>();
  private boolean closed;

  HeirSockets(Endpoint endpoint, Connector connector) {
    this.endpoint = endpoint;
    this.connector = connector;
  }

  /// `worker` listens there. Connections with it are wanted from now on.
  synchronized void know(WorkerId worker, InetSocketAddress address) {
    known.put(worker, address);
  }

  synchronized Optional<InetSocketAddress> address(WorkerId worker) {
    return Optional.ofNullable(known.get(worker));
  }

  /// Who is known.
  synchronized Set<WorkerId> known() {
    return Set.copyOf(known.keySet());
  }

  /// Ends the connections with `worker`, and wants no more. Blocks for nobody, whatever a thread
  /// waits for at such a connection.
  synchronized void forget(WorkerId worker) {
    known.remove(worker);
    List<Socket> sockets = open.remove(worker);
    if (sockets != null) {
      sockets.forEach(HeirSockets::end);
    }
  }

  /// As for all.
  synchronized void close() {
    closed = true;
    refuse();
    open.values().forEach(sockets -> sockets.forEach(HeirSockets::end));
    open.clear();
  }

  /// Takes a connection in charge, unless it is not wanted any more.
  private synchronized Socket charge(WorkerId worker, SocketChannel channel) throws IOException {
    if (closed || !known.containsKey(worker)) {
      channel.close();
      throw new IOException(worker.brief() + " is not known here any more");
    }
    Iterator<List<Socket>> all = open.values().iterator();
    while (all.hasNext()) {
      List<Socket> sockets = all.next();
      sockets.removeIf(Socket::isClosed);
      if (sockets.isEmpty()) {
        all.remove();
      }
    }
    open.computeIfAbsent(worker, _ -> new ArrayList<>()).add(channel.socket());
    return channel.socket();
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a connection", e);
    }
  }

  /// The worker's, as JGroups knows it.
  @Override
  public InetSocketAddress address() {
    return HeirAddress.socketAddress(endpoint.self());
  }

  /// A connection to the worker that JGroups knows as `peer`.
  @Override
  public Socket dial(InetSocketAddress peer, int timeoutMs) throws IOException {
    WorkerId worker = HeirAddress.worker(peer.getAddress());
    InetSocketAddress address =
        address(worker)
            .orElseThrow(() -> new IOException("it is not known where " + worker + " listens"));
    return charge(
        worker, connector.dial(worker, address, ConnectionKind.HEIRS, Handshake.DEADLINE));
  }

  @Override
  public void accept(Consumer<Socket> taker) {
    endpoint.handle(
        ConnectionKind.HEIRS,
        new ConnectionHandler() {
          @Override
          public void accepted(WorkerId peer, SocketChannel channel) throws IOException {
            taker.accept(charge(peer, channel));
          }

          @Override
          public Optional<String> refusal(WorkerId peer) {
            return address(peer).isPresent()
                ? Optional.empty()
                : Optional.of(peer.brief() + " is not known here");
          }
        });
  }

  @Override
  public void refuse() {
    endpoint.refuse(ConnectionKind.HEIRS);
  }
}
