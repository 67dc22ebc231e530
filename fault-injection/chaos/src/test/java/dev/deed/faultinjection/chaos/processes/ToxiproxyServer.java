package dev.deed.faultinjection.chaos.processes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.rekawek.toxiproxy.ToxiproxyClient;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A running toxiproxy server of this test's own, on a free port of loopback.
final class ToxiproxyServer implements AutoCloseable {
  private static final String VERSION = "v2.12.0";
  private static final Path BUILT = Path.of("target", "toxiproxy", "server");

  private final Process process;
  private final Thread hook;
  private final ToxiproxyClient client;

  private ToxiproxyServer(Process process, ToxiproxyClient client) {
    this.process = process;
    this.client = client;
    this.hook = new Thread(process::destroyForcibly, "toxiproxy-end");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// Starts one. Where there is neither a server nor Go to build it, the test is skipped, except in
  /// CI, where that is a failure.
  static ToxiproxyServer start() throws IOException, InterruptedException {
    Optional<Path> binary = find();
    if (System.getenv("CI") == null) {
      assumeTrue(
          binary.isPresent(),
          "no toxiproxy here: name a server by DEED_TOXIPROXY, or install Go to have it built");
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                binary.orElseThrow().toString(), "-host", "127.0.0.1", "-port", port + "")
            .redirectErrorStream(true)
            .redirectOutput(Path.of("target", "toxiproxy.log").toFile())
            .start();
    ToxiproxyServer server = new ToxiproxyServer(process, new ToxiproxyClient("127.0.0.1", port));
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(() -> !server.client.version().isEmpty());
    return server;
  }

  private static Optional<Path> find() throws IOException, InterruptedException {
    @Nullable String named = System.getenv("DEED_TOXIPROXY");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    Optional<Path> installed = onPath("toxiproxy-server");
    if (installed.isPresent() || Files.isExecutable(BUILT)) {
      return installed.or(() -> Optional.of(BUILT));
    }
    Optional<Path> go = onPath("go");
    return go.isPresent() && build(go.get()) ? Optional.of(BUILT) : Optional.empty();
  }

  private static Optional<Path> onPath(String name) {
    @Nullable String path = System.getenv("PATH");
    return Stream.of(path == null ? new String[0] : path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Builds the server from Go's module proxy: the one place that has it for every machine.
  private static boolean build(Path go) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(BUILT.toAbsolutePath().getParent());
    ProcessBuilder builder =
        new ProcessBuilder(
                go.toString(), "install", "github.com/Shopify/toxiproxy/v2/cmd/server@" + VERSION)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("build.log").toFile());
    builder.environment().put("GOBIN", folder.toString());
    Process build = builder.start();
    if (!build.waitFor(4, TimeUnit.MINUTES)) {
      build.destroyForcibly();
    }
    return build.waitFor() == 0;
  }

  ToxiproxyClient client() {
    return client;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
