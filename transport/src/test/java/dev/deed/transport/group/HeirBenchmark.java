package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Prints the round trip over a heirs' channel, and the bytes that one streams with 1 MiB on the
/// way, beside those of plain blocking sockets in the same run.
///
/// `java -cp … dev.deed.transport.group.HeirBenchmark [n]`, where n virtual threads compute
/// meanwhile, as tasks do.
public final class HeirBenchmark {
  private static final int[] SIZES = {200, 64 << 10};
  private static final int ROUNDS = 3;
  private static final int WINDOW = 1 << 20;

  private HeirBenchmark() {}

  /// Runs all, three times.
  public static void main(String[] arguments) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (HeirPeers peers = new HeirPeers()) {
      peers.open(1);
      System.out.printf("first channel after %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }
    int hogs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    for (int i = 0; i < hogs; i++) {
      Thread.startVirtualThread(HeirBenchmark::compute);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int size : SIZES) {
        int trips = hogs > 0 ? 200 : size > 1_000 ? 5_000 : 20_000;
        print("sockets", size, socketEcho(size, trips));
        print("channel", size, channelEcho(size, trips));
        long bytes = size > 1_000 ? 2_000_000_000L : 40_000_000L;
        System.out.printf(
            "%,7d B: sockets stream %,.0f MB/s, channel %,.0f MB/s%n",
            size,
            socketStream(size, bytes / (hogs > 0 ? 20 : 1)),
            channelStream(size, bytes / (hogs > 0 ? 20 : 1)));
      }
    }
    System.exit(0);
  }

  /// A task of 100 ms, and the next one.
  private static void compute() {
    long end = System.nanoTime() + 100_000_000;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    Thread.startVirtualThread(HeirBenchmark::compute);
  }

  private static void print(String what, int size, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "%,7d B: %s p50 %.0f µs, p90 %.0f µs, p99 %.0f µs%n",
        size,
        what,
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 9 / 10] / 1e3,
        nanos[nanos.length * 99 / 100] / 1e3);
  }

  private interface Sockets {
    void use(SocketChannel near, SocketChannel far) throws IOException, InterruptedException;
  }

  private static void withSockets(Sockets body) throws IOException, InterruptedException {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(HeirPeers.anyPort());
        SocketChannel near = SocketChannel.open(server.getLocalAddress());
        SocketChannel far = server.accept()) {
      near.setOption(StandardSocketOptions.TCP_NODELAY, true);
      far.setOption(StandardSocketOptions.TCP_NODELAY, true);
      body.use(near, far);
    }
  }

  private static boolean readAll(SocketChannel channel, ByteBuffer buffer) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        return false;
      }
    }
    buffer.flip();
    return true;
  }

  private static void writeAll(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static long[] socketEcho(int size, int trips) throws IOException, InterruptedException {
    long[] nanos = new long[trips];
    withSockets((near, far) -> {
      Thread echo =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                ByteBuffer buffer = ByteBuffer.allocateDirect(size);
                try {
                  while (readAll(far, buffer)) {
                    writeAll(far, buffer);
                  }
                } catch (IOException e) {
                  throw new IllegalStateException("the echo failed", e);
                }
              });
      ByteBuffer buffer = ByteBuffer.allocateDirect(size);
      for (int i = -trips / 4; i < trips; i++) {
        long start = System.nanoTime();
        writeAll(near, buffer.clear());
        readAll(near, buffer);
        if (i >= 0) {
          nanos[i] = System.nanoTime() - start;
        }
      }
      near.shutdownOutput();
      echo.join();
    });
    return nanos;
  }

  private static double socketStream(int size, long bytes)
      throws IOException, InterruptedException {
    double[] rate = new double[1];
    withSockets((near, far) -> {
      Thread sink =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                ByteBuffer buffer = ByteBuffer.allocateDirect(size);
                try {
                  while (readAll(far, buffer)) {
                    // Only read.
                  }
                } catch (IOException e) {
                  throw new IllegalStateException("the sink failed", e);
                }
              });
      ByteBuffer buffer = ByteBuffer.allocateDirect(size);
      long start = System.nanoTime();
      for (long sent = 0; sent < bytes; sent += size) {
        writeAll(near, buffer.clear());
      }
      near.shutdownOutput();
      sink.join();
      rate[0] = bytes / 1e6 / ((System.nanoTime() - start) / 1e9);
    });
    return rate[0];
  }

  /// One of the ends of a channel, which echoes or counts.
  private static final class End implements HeirChannel.Receiver {
    private volatile @Nullable HeirChannel echo;
    private final AtomicLong messages = new AtomicLong();
    private final Semaphore room = new Semaphore(WINDOW);
    private volatile @Nullable Thread waiter;

    @Override
    public void received(WorkerId from, byte[] message) {
      HeirChannel back = echo;
      if (back != null) {
        back.send(from, message);
      } else {
        messages.incrementAndGet();
        room.release(message.length);
        LockSupport.unpark(waiter);
      }
    }
  }

  private static long[] channelEcho(int size, int trips) throws IOException {
    long[] nanos = new long[trips];
    End atNear = new End();
    End atFar = new End();
    try (HeirPeers peers = new HeirPeers()) {
      HeirPeers.Peer near = peers.open(1, atNear);
      HeirPeers.Peer far = peers.open(2, atFar);
      peers.introduce();
      atFar.echo = far.channel;
      atNear.waiter = Thread.currentThread();
      for (int i = -trips / 4; i < trips; i++) {
        byte[] message = new byte[size];
        long wanted = atNear.messages.get() + 1;
        long start = System.nanoTime();
        near.channel.send(far.id, message);
        while (atNear.messages.get() < wanted) {
          LockSupport.park();
        }
        if (i >= 0) {
          nanos[i] = System.nanoTime() - start;
        }
        near.received.clear();
        far.received.clear();
      }
    }
    return nanos;
  }

  private static double channelStream(int size, long bytes)
      throws IOException, InterruptedException {
    long wanted = bytes / size;
    End atFar = new End();
    try (HeirPeers peers = new HeirPeers()) {
      HeirPeers.Peer near = peers.open(1);
      HeirPeers.Peer far = peers.open(2, atFar);
      peers.introduce();
      atFar.waiter = Thread.currentThread();
      byte[] message = new byte[size];
      long start = System.nanoTime();
      for (long i = 0; i < wanted; i++) {
        atFar.room.acquire(size);
        while (!near.channel.send(far.id, message)) {
          Thread.onSpinWait();
        }
        if (i % 1024 == 0) {
          far.received.clear();
        }
      }
      while (atFar.messages.get() < wanted) {
        LockSupport.park();
      }
      return wanted * size / 1e6 / ((System.nanoTime() - start) / 1e9);
    }
  }
}
