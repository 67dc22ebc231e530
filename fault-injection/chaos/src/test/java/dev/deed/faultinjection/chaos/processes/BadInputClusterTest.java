package dev.deed.faultinjection.chaos.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.ConnectException;
import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.NotSerializableValueException;
import dev.deed.ResourcesUnavailableException;
import dev.deed.Session;
import dev.deed.futures.cli.DeedCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What bad input gets from real processes: one sentence that says what to do, and nothing changed.
@Timeout(60)
final class BadInputClusterTest {
  @TempDir Path folder;

  private Path secret;

  @BeforeEach
  void set() throws IOException {
    secret = TestSecret.create(folder.resolve("secret"));
  }

  private final List<DeedProcess> processes = new ArrayList<>();

  @AfterEach
  void kill() {
    processes.forEach(DeedProcess::close);
  }

  private String worker() throws IOException {
    DeedProcess worker =
        DeedProcess.deed(
            folder, List.of(), "worker", "--cpus", "1", "--secret-file", secret.toString());
    processes.add(worker);
    return worker.line();
  }

  /// Fails unless `deed` says one sentence that has all these parts, and exits with 2.
  private static void assertRefused(List<String> words, String... parts) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = DeedCommand.execute(out, err, words.toArray(String[]::new));
    assertThat(err.toString()).startsWith("deed: ").hasLineCount(1).contains(parts);
    assertThat(out.toString()).isEmpty();
    assertThat(code).isEqualTo(2);
  }

  private List<String> with(Path secretFile, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(1, List.of("--secret-file", secretFile.toString()));
    return all;
  }

  @Test
  void aPortInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = taken.getLocalPort() + "";
      assertRefused(with(secret, "worker", "--port", port), "port " + port, "choose another");
    }
  }

  @Test
  void anAddressThatIsNotThisMachines() {
    assertRefused(with(secret, "worker", "--bind", "203.0.113.1"), "203.0.113.1");
    assertRefused(with(secret, "worker", "--bind", "no.such.host.invalid"), "no.such.host.invalid");
    assertRefused(
        with(secret, "run", "--workers", "1", "--bind", "203.0.113.1", DeedCommand.class.getName()),
        "203.0.113.1");
  }

  @Test
  void anAddressWhereNobodyAnswers() throws IOException {
    String address;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + free.getLocalPort();
    }
    assertRefused(with(secret, "status", address), address, "check the address");
    assertRefused(with(secret, "worker", "--join", address), address, "check the address");
    assertRefused(
        with(secret, "run", "--cluster", address, DeedCommand.class.getName()),
        address,
        "check the address");
  }

  @Test
  void aSecretThatCannotBeRead() throws IOException {
    Path missing = folder.resolve("missing");
    assertRefused(with(missing, "worker"), missing.toString());
    assertRefused(with(missing, "status", "127.0.0.1:1"), missing.toString());
    assertRefused(
        with(missing, "run", "--workers", "1", DeedCommand.class.getName()), missing.toString());
    Path open = TestSecret.create(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertRefused(with(open, "worker"), "chmod 600");
    Path brief = Files.write(TestSecret.create(folder.resolve("brief")), new byte[3]);
    assertRefused(with(brief, "worker"), "3 bytes");
  }

  @Test
  void anotherSecret() throws IOException {
    String address = worker();
    Path other = TestSecret.create(folder.resolve("other"));
    assertRefused(with(other, "status", address), address);
    DeedConfig config = DeedConfig.defaults().secretFile(other);
    assertThatThrownBy(() -> Deed.connect(address, config)).isInstanceOf(ConnectException.class);
    assertWorks(address);
  }

  private void assertWorks(String address) {
    DeedConfig config = DeedConfig.defaults().secretFile(secret);
    try (Session _ = Deed.connect(address, config)) {
      assertThat(Deed.submit(() -> 6 * 7).get(Duration.ofSeconds(30))).isEqualTo(42);
    }
  }

  /// Garbage, an absurd length, half a greeting, and connections that say nothing, all at once.
  @Test
  void strangersOnThePort() throws IOException {
    String address = worker();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    Random random = new Random(1);
    List<Socket> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        strangers.add(socket);
        OutputStream out = socket.getOutputStream();
        switch (i % 4) {
          case 0 -> {
            byte[] garbage = new byte[4096];
            random.nextBytes(garbage);
            out.write(garbage);
          }
          case 1 -> out.write(ByteBuffer.allocate(64).putInt(Integer.MAX_VALUE).array());
          case 2 -> out.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          default -> out.flush();
        }
      }
      assertWorks(address);
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
    assertWorks(address);
    assertThat(processes.getFirst().isAlive()).isTrue();
    assertThat(processes.getFirst().errors().lines().skip(1)).as("what it complained of").isEmpty();
  }

  /// What holds what can't be sent.
  record Order(String name, Customer customer) {}

  record Customer(Thread agent) {}

  @Test
  void valuesAndDemandsThatCannotBe() throws IOException {
    String address = worker();
    DeedConfig config = DeedConfig.defaults().secretFile(secret);
    try (Session _ = Deed.connect(address, config)) {
      Order order = new Order("one", new Customer(Thread.currentThread()));
      assertThatThrownBy(() -> Deed.put(order))
          .isInstanceOf(NotSerializableValueException.class)
          .hasMessageContaining("customer.agent");
      assertThatThrownBy(() -> Deed.submit(() -> order.name()))
          .isInstanceOf(NotSerializableValueException.class)
          .hasMessageContaining("customer.agent");
      assertThatThrownBy(() ->
              Deed.submit(() -> new Customer(Thread.currentThread())).get(Duration.ofSeconds(30)))
          .hasStackTraceContaining("agent");
      assertThatThrownBy(() -> Deed.with(o -> o.cpus(7)).submit(() -> 1).get(Duration.ofSeconds(1)))
          .isInstanceOf(ResourcesUnavailableException.class)
          .hasMessageContaining("7");
    }
  }
}
