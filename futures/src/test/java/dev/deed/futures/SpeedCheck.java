package dev.deed.futures;

import static dev.deed.Deed.getAll;
import static dev.deed.Deed.local;
import static dev.deed.Deed.submit;

import dev.deed.DeedConfig;
import dev.deed.Ref;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/// Compares the local backend with what the JDK and the machine can do, in one run: no-op tasks a
/// second against a fork-join pool, and the round trip of one call against a TCP echo of 64 bytes.
///
/// `java … dev.deed.futures.SpeedCheck [rounds]`. It prints and judges nothing.
public final class SpeedCheck {
  private static final int TASKS = 100_000;
  private static final int TRIPS = 20_000;

  private SpeedCheck() {}

  /// Runs all comparisons; the last round is the warmest.
  public static void main(String[] arguments) throws IOException {
    int rounds = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
    for (int round = 0; round < rounds; round++) {
      double forkJoin = forkJoinTasksPerSecond();
      double echo = medianEchoUs();
      DeedConfig config = DeedConfig.defaults();
      double async;
      double captured;
      double sync;
      double nested;
      try (var _ = local(config)) {
        async = tasksPerSecond();
        captured = capturingTasksPerSecond();
        sync = medianCallUs();
        nested = nestedTasksPerSecond();
      }
      System.out.printf(
          "async %.2f M/s (%.2f of fork-join's %.2f M/s), capturing %.2f M/s, nested %.3f M/s,"
              + " sync p50 %.1f us (%.2f of an echo's %.1f us)%n",
          async / 1e6,
          async / forkJoin,
          forkJoin / 1e6,
          captured / 1e6,
          nested / 1e6,
          sync,
          sync / echo,
          echo);
    }
  }

  private static double forkJoinTasksPerSecond() {
    try (ForkJoinPool pool = new ForkJoinPool(Runtime.getRuntime().availableProcessors())) {
      long startNs = System.nanoTime();
      List<ForkJoinTask<Integer>> tasks = new ArrayList<>(TASKS);
      for (int i = 0; i < TASKS; i++) {
        tasks.add(pool.submit(() -> 1));
      }
      tasks.forEach(ForkJoinTask::join);
      return TASKS * 1e9 / (System.nanoTime() - startNs);
    }
  }

  private static double tasksPerSecond() {
    long startNs = System.nanoTime();
    List<Ref<Integer>> refs = new ArrayList<>(TASKS);
    for (int i = 0; i < TASKS; i++) {
      refs.add(submit(() -> 1));
    }
    getAll(refs);
    double rate = TASKS * 1e9 / (System.nanoTime() - startNs);
    refs.forEach(Ref::close);
    return rate;
  }

  private static double capturingTasksPerSecond() {
    long startNs = System.nanoTime();
    List<Ref<Integer>> refs = new ArrayList<>(TASKS);
    for (int i = 0; i < TASKS; i++) {
      int captured = i;
      refs.add(submit(() -> captured + 1));
    }
    getAll(refs);
    double rate = TASKS * 1e9 / (System.nanoTime() - startNs);
    refs.forEach(Ref::close);
    return rate;
  }

  private static int fib(int n) {
    if (n < 2) {
      return n;
    }
    try (Ref<Integer> one = submit(() -> fib(n - 1));
        Ref<Integer> two = submit(() -> fib(n - 2))) {
      return one.get() + two.get();
    }
  }

  private static double nestedTasksPerSecond() {
    long startNs = System.nanoTime();
    int tasks = 2 * fib(18);
    return 2.0 * tasks * 1e9 / (System.nanoTime() - startNs);
  }

  private static double medianCallUs() {
    long[] ns = new long[TRIPS];
    for (int i = 0; i < TRIPS; i++) {
      long startNs = System.nanoTime();
      try (Ref<Integer> ref = submit(() -> 1)) {
        ref.get();
      }
      ns[i] = System.nanoTime() - startNs;
    }
    Arrays.sort(ns);
    return ns[TRIPS / 2] / 1e3;
  }

  private static double medianEchoUs() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread echo = Thread.ofPlatform().daemon().start(() -> echo(server));
      long[] ns = new long[TRIPS];
      try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
        socket.setTcpNoDelay(true);
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] bytes = new byte[64];
        for (int i = 0; i < TRIPS; i++) {
          long startNs = System.nanoTime();
          out.write(bytes);
          in.readNBytes(bytes, 0, bytes.length);
          ns[i] = System.nanoTime() - startNs;
        }
      }
      echo.interrupt();
      Arrays.sort(ns);
      return ns[TRIPS / 2] / 1e3;
    }
  }

  private static void echo(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.setTcpNoDelay(true);
      byte[] bytes = new byte[64];
      while (socket.getInputStream().readNBytes(bytes, 0, bytes.length) == bytes.length) {
        socket.getOutputStream().write(bytes);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
