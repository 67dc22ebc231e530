package dev.deed.evaluation.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/// What this machine can do without Deed, in plain Java: what the other figures are compared with.
final class Limits {
  private static final int SMALL = 64;
  private static final int MESSAGE = 128;
  private static final int WINDOW = 512;
  private static final int BUFFER = 64 << 10;
  private static final long MOST_LATENCY_NS = 60_000_000_000L;
  private static final int COPIED = 64 << 20;
  private static final double GIBI = 1 << 30;

  private Limits() {}

  /// `limit.tcp.rtt`: time in which 64 bytes go to another thread and back over loopback, with
  /// blocking reads; the median.
  static List<Figure> roundTrip(Rounds rounds, Sizes sizes) throws Exception {
    Histogram latencyNs = new Histogram(MOST_LATENCY_NS, 3);
    try (Echo echo = Echo.start(SMALL)) {
      byte[] message = new byte[SMALL];
      DataInputStream in = new DataInputStream(echo.client.getInputStream());
      OutputStream out = echo.client.getOutputStream();
      rounds.rate(
          steps -> {
            for (int i = 0; i < steps; i++) {
              long beganNs = System.nanoTime();
              out.write(message);
              in.readFully(message);
              latencyNs.recordValue(Math.min(MOST_LATENCY_NS, System.nanoTime() - beganNs));
            }
          },
          latencyNs::reset);
    }
    return List.of(
        new Figure("limit.tcp.rtt", latencyNs.getValueAtPercentile(50) / 1e3, Figure.MICROS));
  }

  /// `limit.tcp.echo`: messages of 128 bytes a second that go there and back while others are on
  /// the way, written and read through buffers.
  static List<Figure> echo(Rounds rounds, Sizes sizes) throws Exception {
    try (Echo echo = Echo.start(BUFFER)) {
      byte[] message = new byte[MESSAGE];
      byte[] answer = new byte[MESSAGE];
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(echo.client.getInputStream(), BUFFER));
      BufferedOutputStream out = new BufferedOutputStream(echo.client.getOutputStream(), BUFFER);
      double windows =
          rounds.rate(steps -> {
            write(out, message);
            // One window is always under way, so that neither side waits for the other.
            for (int i = 1; i < steps; i++) {
              write(out, message);
              read(in, answer);
            }
            read(in, answer);
          });
      return List.of(Figure.rate("limit.tcp.echo", windows * WINDOW));
    }
  }

  private static void write(OutputStream out, byte[] message) throws IOException {
    for (int i = 0; i < WINDOW; i++) {
      out.write(message);
    }
    out.flush();
  }

  private static void read(DataInputStream in, byte[] answer) throws IOException {
    for (int i = 0; i < WINDOW; i++) {
      in.readFully(answer);
    }
  }

  /// `limit.forkjoin`: tasks that do nothing on the common pool, in batches as those of
  /// `task.async`.
  static List<Figure> forkJoin(Rounds rounds, Sizes sizes) throws Exception {
    ForkJoinPool pool = ForkJoinPool.commonPool();
    double batches =
        rounds.rate(steps -> {
          for (int i = 0; i < steps; i++) {
            List<ForkJoinTask<Integer>> results = new ArrayList<>(sizes.batch());
            for (int j = 0; j < sizes.batch(); j++) {
              results.add(pool.submit(TaskBenchmarks::nothing));
            }
            results.forEach(ForkJoinTask::join);
          }
        });
    return List.of(Figure.rate("limit.forkjoin", batches * sizes.batch()));
  }

  /// `limit.memcpy`: bytes that one thread copies, from and to arrays larger than the caches.
  static List<Figure> copy(Rounds rounds, Sizes sizes) throws Exception {
    byte[] from = new byte[COPIED];
    byte[] to = new byte[COPIED];
    double copies =
        rounds.rate(steps -> {
          for (int i = 0; i < steps; i++) {
            from[i % COPIED]++;
            System.arraycopy(from, 0, to, 0, COPIED);
          }
        });
    return List.of(new Figure("limit.memcpy", copies * COPIED / GIBI, "GiB/s"));
  }

  /// A connection over loopback whose other end sends back whatever it reads.
  private static final class Echo implements AutoCloseable {
    final Socket client;
    private final Socket server;
    private final Thread thread;
    private final AtomicReference<IOException> failure = new AtomicReference<>();

    private Echo(Socket client, Socket server, int bufferBytes) {
      this.client = client;
      this.server = server;
      this.thread =
          Thread.ofPlatform().name("bench-echo").daemon().start(() -> sendBack(bufferBytes));
    }

    static Echo start(int bufferBytes) throws IOException {
      try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Socket client = new Socket(door.getInetAddress(), door.getLocalPort());
        Socket server = door.accept();
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        return new Echo(client, server, bufferBytes);
      }
    }

    private void sendBack(int bufferBytes) {
      byte[] buffer = new byte[bufferBytes];
      try (server) {
        InputStream in = server.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          out.write(buffer, 0, count);
        }
      } catch (IOException e) {
        failure.set(e);
      }
    }

    @Override
    public void close() throws IOException {
      client.close();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      IOException broken = failure.get();
      if (broken != null) {
        throw broken;
      }
    }
  }
}
