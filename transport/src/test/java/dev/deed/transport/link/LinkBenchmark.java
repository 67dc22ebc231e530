package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/// Prints the round trip of 64 bytes over a link beside that of a plain blocking echo in the same
/// run, and the messages of 128 bytes a second that one link streams with a flush each 64.
///
/// `java -cp … dev.deed.transport.link.LinkBenchmark`
public final class LinkBenchmark {
  private static final int WARM_UP = 20_000;
  private static final int ROUND_TRIPS = 50_000;
  private static final int STREAMED = 4_000_000;
  private static final int ROUNDS = 3;

  private LinkBenchmark() {}

  /// Runs all, three times.
  public static void main(String[] arguments) throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      print("blocking echo", blockingEcho());
      print("link", linkEcho());
      System.out.printf("streaming over a link: %,.0f messages/s%n", streaming());
    }
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "%s: p50 %.1f µs, p90 %.1f µs, p99 %.1f µs%n",
        what,
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 9 / 10] / 1e3,
        nanos[nanos.length * 99 / 100] / 1e3);
  }

  private static long[] blockingEcho() throws IOException, InterruptedException {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(Pair.loopback());
        SocketChannel near = SocketChannel.open(server.getLocalAddress());
        SocketChannel far = server.accept()) {
      near.setOption(StandardSocketOptions.TCP_NODELAY, true);
      far.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Thread echo = Thread.ofPlatform().daemon().start(() -> echo(far));
      long[] nanos = new long[ROUND_TRIPS];
      ByteBuffer buffer = ByteBuffer.allocate(64);
      for (int i = -WARM_UP; i < ROUND_TRIPS; i++) {
        long start = System.nanoTime();
        near.write(buffer.clear());
        buffer.clear();
        while (buffer.hasRemaining()) {
          near.read(buffer);
        }
        if (i >= 0) {
          nanos[i] = System.nanoTime() - start;
        }
      }
      near.shutdownOutput();
      echo.join();
      return nanos;
    }
  }

  private static void echo(SocketChannel channel) {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    try {
      while (channel.read(buffer) >= 0) {
        if (!buffer.hasRemaining()) {
          channel.write(buffer.flip());
          buffer.clear();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("the echo failed", e);
    }
  }

  /// Both ends do what a core does: the reader's thread answers in place.
  private static long[] linkEcho() throws IOException, InterruptedException {
    long[] nanos = new long[ROUND_TRIPS];
    CountDownLatch done = new CountDownLatch(1);
    byte[] content = new byte[64];
    class Echo implements LinkListener {
      private final CompletableFuture<Pair.Worker> worker = new CompletableFuture<>();
      private int seen = -WARM_UP;
      private long start;

      Pair.Worker here() {
        return worker.join();
      }

      void send(WorkerId to) {
        Pair.Worker here = here();
        start = System.nanoTime();
        here.send(to, content);
        here.links.flush();
      }

      @Override
      public void received(WorkerId from, WireReader message) {
        if (here().id.equals(Pair.LOW)) {
          if (seen >= 0) {
            nanos[seen] = System.nanoTime() - start;
          }
          if (++seen == ROUND_TRIPS) {
            done.countDown();
          }
        }
      }

      @Override
      public void receivedBatchEnd(WorkerId from) {
        if (seen < ROUND_TRIPS) {
          send(from);
        }
      }

      @Override
      public void connected(WorkerId peer) {
        if (here().id.equals(Pair.LOW)) {
          send(peer);
        }
      }

      @Override
      public void disconnected(WorkerId peer, String why) {}
    }
    Echo atLow = new Echo();
    Echo atHigh = new Echo();
    try (Pair pair = new Pair(Dialer.direct(), LinkOptions.defaults(), atLow, atHigh)) {
      atLow.worker.complete(pair.low);
      atHigh.worker.complete(pair.high);
      pair.introduce();
      done.await();
    }
    return nanos;
  }

  private static double streaming() throws IOException, InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    Semaphore room = new Semaphore(0);
    class Sink implements LinkListener {
      private int seen;

      @Override
      public void received(WorkerId from, WireReader message) {
        if (++seen == STREAMED) {
          done.countDown();
        }
        if (seen % 1024 == 0) {
          room.release(1024);
        }
      }

      @Override
      public void receivedBatchEnd(WorkerId from) {}

      @Override
      public void connected(WorkerId peer) {}

      @Override
      public void disconnected(WorkerId peer, String why) {}
    }
    byte[] content = new byte[128];
    try (Pair pair =
        new Pair(Dialer.direct(), LinkOptions.defaults(), new Sink(), new Sink()).introduce()) {
      room.release(64 * 1024);
      long start = System.nanoTime();
      for (int i = 1; i <= STREAMED; i++) {
        pair.low.send(Pair.HIGH, content);
        if (i % 64 == 0) {
          room.acquire(64);
          pair.low.links.flush();
        }
      }
      done.await();
      return STREAMED / ((System.nanoTime() - start) / 1e9);
    }
  }
}
