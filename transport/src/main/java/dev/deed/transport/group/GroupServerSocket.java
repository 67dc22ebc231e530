package dev.deed.transport.group;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// What JGroups takes for its server socket: it hands out connections that [GroupSockets] accepted.
/// JGroups reads a peer's first bytes on its only acceptor thread, so strangers must not get so
/// far.
final class GroupServerSocket extends ServerSocket {
  private static final System.Logger LOG = System.getLogger(GroupServerSocket.class.getName());

  private final GroupSockets sockets;
  private final BlockingQueue<Optional<Socket>> accepted = new LinkedBlockingQueue<>();
  private volatile boolean closed;

  GroupServerSocket(GroupSockets sockets) throws IOException {
    this.sockets = sockets;
    sockets.accept(socket -> accepted.add(Optional.of(new GroupSocket(sockets, socket))));
  }

  @Override
  public void bind(SocketAddress endpoint, int backlog) {
    // The port is the worker's, and open.
  }

  @Override
  public void setReceiveBufferSize(int bytes) {
    // As it is for all connections of the worker.
  }

  @Override
  public int getLocalPort() {
    return sockets.address().getPort();
  }

  @Override
  public InetAddress getInetAddress() {
    return sockets.address().getAddress();
  }

  @Override
  public boolean isBound() {
    return true;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public Socket accept() throws IOException {
    try {
      return accepted.take().orElseThrow(() -> new SocketException("closed"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    sockets.refuse();
    for (Optional<Socket> one = accepted.poll(); one != null; one = accepted.poll()) {
      one.ifPresent(GroupServerSocket::discard);
    }
    accepted.add(Optional.empty());
  }

  private static void discard(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a connection that came too late", e);
    }
  }
}
