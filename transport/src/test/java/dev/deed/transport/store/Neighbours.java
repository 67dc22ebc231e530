package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Workers that reach each other over plain loopback sockets. Closing it closes all of them.
final class Neighbours implements AutoCloseable {
  private final Map<WorkerId, SocketAddress> addresses = new ConcurrentHashMap<>();
  private final List<Neighbour> all = new ArrayList<>();

  /// A worker: its store, what it serves, and what it pulls.
  final class Neighbour {
    final WorkerId id;
    final ObjectStore store;
    final TransferServer server;
    final TransferClient client;
    private final ServerSocketChannel listener;
    private final Thread acceptor;
    private long accepted;

    Neighbour(WorkerId id, ObjectStore store, TransferConfig config) throws IOException {
      this.id = id;
      this.store = store;
      this.server = new TransferServer(store, config);
      this.client = new TransferClient(store, peer -> dial(id, peer), config);
      this.listener = listen();
      addresses.put(id, listener.getLocalAddress());
      this.acceptor = Thread.ofPlatform().daemon().name("test-accept-" + id).start(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          // A real acceptor knows the peer from the handshake; here it doesn't matter who it is,
          // but
          // it mustn't be one for all, as there is a limit for each.
          server.serve(new WorkerId(7, accepted++ % 16), listener.accept());
        }
      } catch (ClosedChannelException _) {
        // The test is over.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Dies, as far as others can see.
    void stopServing() throws IOException {
      listener.close();
      Threads.join(acceptor);
      server.close();
    }
  }

  static ServerSocketChannel listen() throws IOException {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private SocketChannel dial(WorkerId self, WorkerId peer) throws IOException {
    SocketAddress address = addresses.get(peer);
    if (address == null) {
      throw new IOException(self.brief() + " does not know " + peer.brief());
    }
    return SocketChannel.open(address);
  }

  Neighbour add(int number, ObjectStore store, TransferConfig config) throws IOException {
    Neighbour neighbour = new Neighbour(Samples.worker(number), store, config);
    all.add(neighbour);
    return neighbour;
  }

  Neighbour add(int number, TransferConfig config) throws IOException {
    return add(number, new HeapStore(1L << 30), config);
  }

  SocketAddress address(WorkerId worker) {
    return Objects.requireNonNull(addresses.get(worker));
  }

  /// From now on `worker` is reached through another address.
  void reachThrough(WorkerId worker, SocketAddress address) {
    addresses.put(worker, address);
  }

  @Override
  public void close() throws IOException {
    for (Neighbour neighbour : all) {
      neighbour.client.close();
      neighbour.stopServing();
      neighbour.store.close();
    }
  }
}
