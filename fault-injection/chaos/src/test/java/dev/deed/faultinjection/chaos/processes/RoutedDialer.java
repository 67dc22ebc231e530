package dev.deed.faultinjection.chaos.processes;

import dev.deed.transport.link.Dialer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Dials through the proxy that the test's [Mesh] has for this process and the port that is dialed.
/// A process has it by `-Ddeed.dialer=` this class and `-Ddeed.test.mesh=` the mesh's port.
public final class RoutedDialer implements Dialer {
  private final int mesh = Integer.getInteger("deed.test.mesh");
  private final Map<Integer, Integer> routes = new ConcurrentHashMap<>();

  @Override
  public SocketChannel connect(InetSocketAddress address, Duration timeout) throws IOException {
    Integer route = routes.get(address.getPort());
    if (route == null) {
      route = ask(address.getPort());
      routes.put(address.getPort(), route);
    }
    return Dialer.direct()
        .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), route), timeout);
  }

  private int ask(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mesh)) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeLong(ProcessHandle.current().pid());
      out.writeInt(port);
      return new DataInputStream(socket.getInputStream()).readInt();
    }
  }
}
