package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.Threads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// Connections whose other ends answer questions, until this is closed.
final class AnsweringEnds implements AutoCloseable {
  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private final List<Thread> serving = new ArrayList<>();

  /// A connection whose other end answers so.
  SocketChannel to(InquiryServer.Answers answers) throws IOException {
    ServerSocketChannel listener =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    InquiryServer server = new InquiryServer(answers);
    listeners.add(listener);
    serving.add(
        Thread.startVirtualThread(() -> {
          try {
            server.accepted(new WorkerId(1, 1), listener.accept());
          } catch (IOException _) {
            // The test looks at the asker's end.
          }
        }));
    return SocketChannel.open(listener.getLocalAddress());
  }

  /// Breaks answers off that never end.
  void interrupt() {
    serving.forEach(Thread::interrupt);
  }

  @Override
  public void close() throws IOException {
    for (ServerSocketChannel listener : listeners) {
      listener.close();
    }
    for (Thread thread : serving) {
      Threads.join(thread);
    }
  }
}
