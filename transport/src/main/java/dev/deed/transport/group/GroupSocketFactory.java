package dev.deed.transport.group;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import org.jgroups.util.DefaultSocketFactory;

/// Gives JGroups sockets that have passed the cluster's handshake when they are connected.
final class GroupSocketFactory extends DefaultSocketFactory {
  private final GroupSockets sockets;
  private final Gate gate;

  GroupSocketFactory(GroupSockets sockets, Gate gate) {
    this.sockets = sockets;
    this.gate = gate;
  }

  @Override
  public ServerSocket createServerSocket(String service) {
    return gate;
  }

  @Override
  public Socket createSocket(String service) {
    return new Socket() {
      @Override
      public void connect(SocketAddress endpoint, int timeoutMs) throws IOException {
        super.connect(endpoint, timeoutMs);
        setSoTimeout(Gate.GREETING_MS);
        sockets.dialled(this);
        setSoTimeout(0);
      }
    };
  }
}
