package dev.deed.futures.runtime;

import dev.deed.DeedConfig;
import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// The main class of a worker process that a driver has started. It ends when the pipe from the
/// driver closes, or when the cluster has declared it dead.
public final class WorkerMain {
  /// Exit code of a worker that the cluster has declared dead.
  private static final int DECLARED_DEAD = 70;

  private WorkerMain() {}

  /// Runs the worker.
  ///
  /// @param arguments worker id, name of the cluster, its directory, host and port of a member
  public static void main(String[] arguments) throws IOException {
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
    node.join(new InetSocketAddress(arguments[3], Integer.parseInt(arguments[4])));
    node.awaitJoined(Duration.ofSeconds(20));
    awaitEndOfPipe();
    node.close();
    ClusterDirectory.removeIfUnused(directory);
    // Tasks that ignore their interrupt must not keep the process.
    Runtime.getRuntime().halt(0);
  }

  private static void awaitEndOfPipe() throws IOException {
    while (System.in.read() >= 0) {
      // The driver says nothing; it only lives.
    }
  }
}
