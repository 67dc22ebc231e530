package dev.deed.futures.runtime;

import dev.deed.DeedConfig;
import dev.deed.DeedException;
import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// The main class of a worker process that a driver has started. It ends when the pipe from the
/// driver closes, or when the cluster has declared it dead.
public final class WorkerMain {
  /// Exit code of a worker that could not join, or not end as it should.
  private static final int FAILED = 1;

  /// Exit code of a worker that the cluster has declared dead.
  private static final int DECLARED_DEAD = 70;

  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(20);

  /// Longest time from the end of the pipe to the end of the process.
  private static final Duration END_TIMEOUT = Duration.ofSeconds(4);

  private WorkerMain() {}

  /// Runs the worker.
  ///
  /// @param arguments worker id, name of the cluster, its directory, host and port of a member
  public static void main(String[] arguments) throws IOException {
    Thread main = Thread.currentThread();
    Thread.ofPlatform().daemon().name("deed-pipe").start(() -> endWithPipe(main));
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
    var _ =
        node.ended()
            .thenAccept(reason -> {
              System.err.println("worker " + arguments[0] + " ends: " + reason);
              Runtime.getRuntime().halt(DECLARED_DEAD);
            });
    int code = 0;
    try {
      node.join(new InetSocketAddress(arguments[3], Integer.parseInt(arguments[4])));
      node.awaitJoined(JOIN_TIMEOUT);
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      // The pipe has ended, and with it the driver.
    } catch (DeedException e) {
      if (!Thread.currentThread().isInterrupted()) {
        System.err.println("worker " + arguments[0] + " could not join: " + e.getMessage());
        code = FAILED;
      }
    } finally {
      // What has to be closed now may have to wait.
      Thread.interrupted();
      node.close();
      ClusterDirectory.removeIfUnused(directory);
    }
    // Tasks that ignore their interrupt must not keep the process.
    Runtime.getRuntime().halt(code);
  }

  /// Has the worker end when the driver does. That may come at any time, also while it starts.
  private static void endWithPipe(Thread main) {
    try {
      while (System.in.read() >= 0) {
        // The driver says nothing; it only lives.
      }
    } catch (IOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.DEBUG, "The pipe from the driver has broken", e);
    }
    main.interrupt();
    try {
      Thread.sleep(END_TIMEOUT);
    } catch (InterruptedException _) {
      // Nobody does that; if so, the process ends now.
    }
    Runtime.getRuntime().halt(FAILED);
  }
}
