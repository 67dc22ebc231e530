package dev.deed.faultinjection.chaos.processes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A server for the processes of a test, on a free port of loopback, until it is closed.
final class LoopbackServer implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
  private final Answer answer;

  /// What is said to who has connected. When it returns or fails the connection is closed.
  @FunctionalInterface
  interface Answer {
    void to(Socket socket) throws IOException, InterruptedException;
  }

  private LoopbackServer(Answer answer) throws IOException {
    this.answer = answer;
  }

  /// Starts one that answers each connection by a thread of its own.
  static LoopbackServer start(String name, Answer answer) throws IOException {
    LoopbackServer started = new LoopbackServer(answer);
    Thread.ofVirtual().name(name).start(started::acceptAll);
    return started;
  }

  int port() {
    return server.getLocalPort();
  }

  private void acceptAll() {
    while (true) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException _) {
        // Closed.
        return;
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      answer.to(socket);
    } catch (IOException _) {
      // The process that asks was killed, which is what these tests are for.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
