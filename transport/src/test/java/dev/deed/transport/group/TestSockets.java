package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.link.ClusterId;
import dev.deed.transport.link.Credentials;
import dev.deed.transport.link.Dialer;
import dev.deed.transport.link.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// An endpoint of a voter in a test, and its sockets. Who listens at a port stands in a file of
/// that name.
final class TestSockets implements AutoCloseable {
  final Endpoint endpoint;
  final GroupSockets sockets;

  TestSockets(WorkerId self, Path names) throws IOException {
    Credentials credentials =
        new Credentials(new ClusterId(1, 2), new byte[Credentials.SECRET_BYTES], 3);
    endpoint =
        Endpoint.open(
            self, credentials, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Path name = names.resolve(Integer.toString(endpoint.address().getPort()));
    Files.writeString(name, self.toString(), StandardCharsets.US_ASCII);
    sockets =
        new EndpointSockets(
            endpoint, endpoint.address(), credentials, Dialer.direct(), peer -> read(names, peer));
  }

  private static Optional<WorkerId> read(Path names, InetSocketAddress peer) {
    try {
      return Optional.of(
          WorkerId.parse(Files.readString(names.resolve(Integer.toString(peer.getPort())))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    endpoint.close();
  }
}
