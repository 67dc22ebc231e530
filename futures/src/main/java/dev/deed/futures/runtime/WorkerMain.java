package dev.deed.futures.runtime;

import dev.deed.DeedConfig;
import dev.deed.DeedException;
import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/// The main class of a worker process that a driver has started. It ends when the pipe from the
/// driver closes, or when the cluster has declared it dead.
public final class WorkerMain {
  /// Exit code of a worker that could not join, or not end as it should.
  private static final int FAILED = 1;

  /// Exit code of a worker that the cluster has declared dead, or whose cluster has ended, while
  /// its driver lives.
  static final int OUT_OF_CLUSTER = 70;

  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(20);

  /// Longest time from the end of the pipe to the end of the process.
  private static final Duration END_TIMEOUT = Duration.ofSeconds(4);

  /// What the thread that reads the pipe may be behind.
  private static final Duration PIPE_DELAY = Duration.ofSeconds(1);

  private WorkerMain() {}

  /// Runs the worker.
  ///
  /// @param arguments worker id, name of the cluster, its directory, host and port of a member
  public static void main(String[] arguments) throws IOException {
    DriverPipe pipe = new DriverPipe();
    Thread.ofPlatform().daemon().name("deed-pipe").start(() -> endWith(pipe));
    Path directory = Path.of(arguments[2]);
    DeedConfig config = DeedConfig.load();
    byte[] secret = Files.readAllBytes(config.secretFile().orElseThrow());
    ClusterNode node =
        new ClusterNode(
            new ClusterNode.Plan(
                WorkerId.parse(arguments[0]),
                arguments[1],
                secret,
                directory,
                config,
                0,
                false,
                Map.of()),
            _ -> {});
    Sessions.opened(node.runtime());
    InetSocketAddress member = new InetSocketAddress(arguments[3], Integer.parseInt(arguments[4]));
    int code = serve(node, member, pipe, System.err);
    if (code != OUT_OF_CLUSTER) {
      node.close();
      ClusterDirectory.removeIfUnused(directory);
    }
    // Tasks that ignore their interrupt must not keep the process.
    Runtime.getRuntime().halt(code);
  }

  /// Joins and works until the pipe ends, or this worker is no member any more. Returns the exit
  /// code of the process; what is wrong is said to `errors`. The end of the driver is not, in
  /// whichever way it is heard of first.
  static int serve(
      ClusterNode node, InetSocketAddress member, DriverPipe pipe, PrintStream errors) {
    // Not before there is a node: its making is not to be interrupted.
    pipe.whenEnded(Thread.currentThread()::interrupt);
    int code;
    String wrong;
    try {
      node.join(member);
      node.awaitJoined(JOIN_TIMEOUT);
      wrong = "ends: " + node.ended().get();
      code = OUT_OF_CLUSTER;
    } catch (InterruptedException _) {
      wrong = "ends";
      code = 0;
    } catch (DeedException e) {
      wrong = "could not join: " + e.getMessage();
      code = FAILED;
    } catch (ExecutionException e) {
      throw new IllegalStateException("broken invariant: a node's end is not told", e);
    }
    boolean orderly = pipe.endsWithin(PIPE_DELAY);
    // What has to be closed now may have to wait.
    Thread.interrupted();
    if (orderly) {
      return 0;
    }
    errors.println("worker " + node.runtime().id() + " " + wrong);
    return code;
  }

  /// Has the process end when the pipe does, whatever hangs. That may come at any time, also while
  /// it starts.
  private static void endWith(DriverPipe pipe) {
    pipe.readToEnd(System.in);
    try {
      Thread.sleep(END_TIMEOUT);
    } catch (InterruptedException _) {
      // Nobody does that; if so, the process ends now.
    }
    Runtime.getRuntime().halt(FAILED);
  }
}
