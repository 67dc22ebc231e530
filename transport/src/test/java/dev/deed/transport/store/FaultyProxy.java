package dev.deed.transport.store;

import dev.deed.transport.Threads;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/// Stands between a client and a server, and does to the answers what it is told.
final class FaultyProxy implements AutoCloseable {
  private final ServerSocketChannel listener = Neighbours.listen();
  private final SocketAddress target;
  private final IntFunction<Fault> faults;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<SocketChannel> channels = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  /// What happens to the answers of one connection.
  interface Fault {
    /// Handles bytes on their way.
    ///
    /// @param at number of bytes before them
    /// @return false to cut the connection, after what `bytes` then holds has been sent
    boolean pass(long at, ByteBuffer bytes) throws InterruptedException;
  }

  /// Cuts the connection after so many bytes, which arrive.
  static Fault cutAfter(long count) {
    return (at, bytes) -> {
      if (at + bytes.remaining() < count) {
        return true;
      }
      bytes.limit(bytes.position() + (int) (count - at));
      return false;
    };
  }

  /// Passes nothing after so many bytes, and keeps the connection.
  static Fault silentAfter(long count) {
    return (at, bytes) -> {
      if (at + bytes.remaining() >= count) {
        bytes.limit(bytes.position() + (int) Math.max(0, count - at));
      }
      return true;
    };
  }

  /// Flips a bit.
  static Fault flipAt(long where) {
    return (at, bytes) -> {
      if (where >= at && where < at + bytes.remaining()) {
        int index = bytes.position() + (int) (where - at);
        bytes.put(index, (byte) (bytes.get(index) ^ 4));
      }
      return true;
    };
  }

  /// Lets pass so many bytes a millisecond.
  static Fault slow(int bytesPerMs) {
    return (_, bytes) -> {
      Thread.sleep(Math.max(1, bytes.remaining() / bytesPerMs));
      return true;
    };
  }

  static Fault none() {
    return (_, _) -> true;
  }

  /// @param faults given the number of the connection, from 0
  FaultyProxy(SocketAddress target, IntFunction<Fault> faults) throws IOException {
    this.target = target;
    this.faults = faults;
    start(this::accept);
  }

  SocketAddress address() throws IOException {
    return listener.getLocalAddress();
  }

  int connections() {
    return connections.get();
  }

  private interface Body {
    void run() throws IOException, InterruptedException;
  }

  private synchronized void start(Body body) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .name("test-proxy")
            .start(() -> {
              try {
                body.run();
              } catch (IOException | InterruptedException _) {
                // One side closed: the other is closed by the body.
              }
            }));
  }

  private void accept() throws IOException {
    while (true) {
      SocketChannel client = listener.accept();
      SocketChannel server = SocketChannel.open(target);
      synchronized (this) {
        channels.add(client);
        channels.add(server);
        if (closed) {
          client.close();
          server.close();
        }
      }
      Fault fault = faults.apply(connections.getAndIncrement());
      start(() -> pump(client, server, none()));
      start(() -> pump(server, client, fault));
    }
  }

  private static void pump(SocketChannel from, SocketChannel to, Fault fault)
      throws IOException, InterruptedException {
    boolean cut = false;
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
      long at = 0;
      while (!cut && from.read(buffer.clear()) >= 0) {
        buffer.flip();
        int count = buffer.remaining();
        cut = !fault.pass(at, buffer);
        at += count;
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
    } finally {
      if (cut) {
        // To close it now would reset it, and drop what was not read yet: the other direction
        // closes it when the client, which is told of the end, closes its side.
        to.shutdownOutput();
      } else {
        from.close();
        to.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    List<Thread> all;
    synchronized (this) {
      closed = true;
      listener.close();
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
    do {
      synchronized (this) {
        all = List.copyOf(threads);
        threads.clear();
      }
      for (Thread thread : all) {
        Threads.join(thread);
      }
    } while (!all.isEmpty());
  }
}
