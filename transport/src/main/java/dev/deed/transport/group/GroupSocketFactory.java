package dev.deed.transport.group;

import java.net.ServerSocket;
import java.net.Socket;
import org.jgroups.util.DefaultSocketFactory;

/// Leads all that JGroups connects and accepts through [GroupSockets].
final class GroupSocketFactory extends DefaultSocketFactory {
  private final GroupSockets sockets;
  private final GroupServerSocket server;

  GroupSocketFactory(GroupSockets sockets, GroupServerSocket server) {
    this.sockets = sockets;
    this.server = server;
  }

  @Override
  public ServerSocket createServerSocket(String service) {
    return server;
  }

  @Override
  public Socket createSocket(String service) {
    return new GroupSocket(sockets);
  }
}
