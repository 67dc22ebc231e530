package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.link.ClusterId;
import dev.deed.transport.link.Connector;
import dev.deed.transport.link.Credentials;
import dev.deed.transport.link.Dialer;
import dev.deed.transport.link.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Workers in this process that have nothing but a port and a heirs' channel.
final class HeirPeers implements AutoCloseable {
  static final int MAX_BYTES = 8 << 20;

  /// Bound of what is awaited.
  static final Duration GUARD = Duration.ofSeconds(20);

  private final List<Peer> peers = new ArrayList<>();

  /// What came, from whom.
  record Received(WorkerId from, byte[] message) {}

  /// One of them.
  static final class Peer implements AutoCloseable {
    final WorkerId id;
    final Endpoint endpoint;
    final Connector connector;
    final HeirChannel channel;
    final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();

    private Peer(
        WorkerId id,
        Credentials credentials,
        InetSocketAddress bind,
        Dialer dialer,
        HeirChannel.Receiver receiver)
        throws IOException {
      this.id = id;
      endpoint = Endpoint.open(id, credentials, bind);
      connector = new Connector(id, credentials, dialer);
      channel =
          HeirChannel.open(
              "heirs",
              endpoint,
              connector,
              MAX_BYTES,
              (from, message) -> {
                received.add(new Received(from, message));
                receiver.received(from, message);
              });
    }

    InetSocketAddress address() {
      return endpoint.address();
    }

    void know(Peer... others) {
      for (Peer other : others) {
        channel.peer(other.id, other.address());
      }
    }

    /// The next message.
    Received next() throws InterruptedException {
      Received next = received.poll(GUARD.toNanos(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new AssertionError("nothing came; " + channel.statistics());
      }
      return next;
    }

    /// Sends as soon as there is room.
    void sendAll(Peer to, byte[] message) {
      until(() -> channel.send(to.id, message));
    }

    /// Sends again, as a record log does, until something has come there.
    Received sendUntilReceived(Peer to, byte[] message) throws InterruptedException {
      long deadline = System.nanoTime() + GUARD.toNanos();
      while (System.nanoTime() - deadline < 0) {
        channel.send(to.id, message);
        Received came = to.received.poll(50, TimeUnit.MILLISECONDS);
        if (came != null) {
          return came;
        }
      }
      throw new AssertionError("nothing came; " + channel.statistics());
    }

    @Override
    public void close() throws IOException {
      channel.close();
      endpoint.close();
    }
  }

  static Credentials credentials(int secret) {
    byte[] bytes = new byte[Credentials.SECRET_BYTES];
    bytes[0] = (byte) secret;
    return new Credentials(new ClusterId(1, 2), bytes, 3);
  }

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /// A worker that remembers what comes.
  Peer open(int number) throws IOException {
    return open(number, (from, message) -> {});
  }

  /// A worker whose receiver does something besides.
  Peer open(int number, HeirChannel.Receiver receiver) throws IOException {
    return open(number, credentials(0), anyPort(), Dialer.direct(), receiver);
  }

  Peer open(
      int number,
      Credentials credentials,
      InetSocketAddress bind,
      Dialer dialer,
      HeirChannel.Receiver receiver)
      throws IOException {
    Peer peer = new Peer(new WorkerId(-7L * number, number), credentials, bind, dialer, receiver);
    peers.add(peer);
    return peer;
  }

  /// Each knows all others.
  void introduce() {
    for (Peer one : peers) {
      for (Peer other : peers) {
        one.know(other);
      }
    }
  }

  /// Waits until something holds that nobody tells of.
  static void until(BooleanSupplier met) {
    long deadline = System.nanoTime() + GUARD.toNanos();
    while (!met.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("it did not come to hold");
      }
      LockSupport.parkNanos(100_000);
    }
  }

  @Override
  public void close() throws IOException {
    for (Peer peer : peers) {
      peer.close();
    }
  }
}
