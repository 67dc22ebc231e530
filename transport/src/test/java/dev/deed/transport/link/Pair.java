package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Two workers on loopback with a link between them, and what both need.
final class Pair implements AutoCloseable {
  static final WorkerId LOW = new WorkerId(1, 1);
  static final WorkerId HIGH = new WorkerId(2, 2);
  static final ClusterId CLUSTER = new ClusterId(7, 8);

  final Worker low;
  final Worker high;

  /// One end.
  static final class Worker implements AutoCloseable {
    final WorkerId id;
    final Endpoint endpoint;
    final TcpLinks links;

    Worker(WorkerId id, Dialer dialer, LinkOptions options, LinkListener listener)
        throws IOException {
      this.id = id;
      endpoint = Endpoint.open(id, credentials(), loopback());
      links =
          TcpLinks.open(
              endpoint,
              new Connector(id, credentials(), dialer),
              ConnectionKind.LINK,
              options,
              listener);
    }

    InetSocketAddress address() {
      return endpoint.address();
    }

    /// Sends one message of `bytes`.
    boolean send(WorkerId to, byte[] bytes) {
      links.begin(to).writeRaw(bytes, 0, bytes.length);
      return links.end(to);
    }

    @Override
    public void close() throws IOException {
      links.close();
      endpoint.close();
    }
  }

  Pair(Dialer dialer, LinkOptions options, LinkListener atLow, LinkListener atHigh)
      throws IOException {
    low = new Worker(LOW, dialer, options, atLow);
    high = new Worker(HIGH, dialer, options, atHigh);
  }

  /// Tells each where the other is.
  Pair introduce() {
    low.links.peer(HIGH, high.address());
    high.links.peer(LOW, low.address());
    return this;
  }

  static Credentials credentials() {
    return new Credentials(CLUSTER, new byte[Credentials.SECRET_BYTES], 42);
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public void close() throws IOException {
    low.close();
    high.close();
  }
}
