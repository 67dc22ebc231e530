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
import java.util.concurrent.Semaphore;

/// A server socket that hands out only connections whose handshake has succeeded. JGroups reads a
/// peer's first bytes on its only acceptor thread; so strangers are kept away from it, each on a thread
/// of its own and for [#GREETING_MS] at most.
///
/// It is bound when it is made, so that its port is known before the channel starts.
final class Gate extends ServerSocket {
  /// How long a handshake may be silent.
  static final int GREETING_MS = 2_000;

  /// Most connections in the handshake at a time; more are closed.
  static final int MAX_GREETING = 64;

  private static final System.Logger LOG = System.getLogger(Gate.class.getName());

  private final GroupSockets sockets;
  private final Semaphore greeting = new Semaphore(MAX_GREETING);
  private final BlockingQueue<Optional<Socket>> admitted = new LinkedBlockingQueue<>();

  Gate(GroupSockets sockets, InetAddress address, int port) throws IOException {
    super(port, MAX_GREETING, address);
    this.sockets = sockets;
    Thread.ofVirtual().name("deed-group-gate").start(this::receive);
  }

  /// Does nothing the second time: JGroups binds what it is given.
  @Override
  public void bind(SocketAddress endpoint, int backlog) throws IOException {
    if (!isBound()) {
      super.bind(endpoint, backlog);
    }
  }

  @Override
  public Socket accept() throws IOException {
    try {
      return admitted.take().orElseThrow(() -> new SocketException("closed"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    admitted.add(Optional.empty());
  }

  private void receive() {
    while (!isClosed()) {
      try {
        Socket socket = super.accept();
        if (greeting.tryAcquire()) {
          Thread.ofVirtual().name("deed-group-greeting").start(() -> greet(socket));
        } else {
          socket.close();
        }
      } catch (IOException e) {
        if (!isClosed()) {
          LOG.log(System.Logger.Level.WARNING, "can't accept voters' connections", e);
        }
      }
    }
  }

  private void greet(Socket socket) {
    try {
      socket.setSoTimeout(GREETING_MS);
      sockets.accepted(socket);
      socket.setSoTimeout(0);
      admitted.add(Optional.of(socket));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "refused a voter's connection from " + socket.getRemoteSocketAddress() + ": " + e);
      closeQuietly(socket);
    } finally {
      greeting.release();
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a refused connection", e);
    }
  }
}
