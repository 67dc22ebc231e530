package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.DeedConfig;
import dev.deed.MemoryReport;
import dev.deed.Session;
import dev.deed.futures.ChildJvm;
import dev.deed.futures.cli.DeedCommand;
import dev.deed.lineage.WorkerId;
import dev.deed.transport.group.LivenessLock;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs whose classes the workers do not have, on real processes: workers of `deed worker`,
/// which know only Deed, and drivers that connect to them.
class ShippingClusterTest {
  private static final String PROGRAM =
      """
      package app;

      import static dev.deed.Deed.*;
      import dev.deed.*;
      import java.util.*;

      public class Main {
        record Point(int x, Kind kind, List<String> names) {}
        enum Kind { ROUND, SQUARE }
        static class Oops extends RuntimeException {
          final Kind kind;
          Oops(Kind kind) { super("of VERSION"); this.kind = kind; }
        }
        static class Nested implements Task0<String> {
          final String text;
          Nested(String text) { this.text = text; }
          public String run() { return Helper.decorate(text); }
        }
        static class Helper {
          static String decorate(String text) { return "<" + text + " VERSION>"; }
        }

        static int calls;
        static int bump() { return ++calls; }

        static int deep(int n) {
          return n == 0 ? 0 : 1 + submit(() -> deep(n - 1)).get();
        }

        static String resource() throws Exception {
          try (var in = Thread.currentThread().getContextClassLoader().getResourceAsStream("app/text")) {
            return new String(in.readAllBytes());
          }
        }

        public static void main(String[] words) throws Exception {
          try (var session = connect()) {
            int offset = 7;
            Ref<Point> point = submit(() -> new Point(offset, Kind.SQUARE, List.of("VERSION")));
            Ref<String> text = submit(p -> p.kind() + " " + p.x() + " " + p.names(), point);
            System.out.println(text.get() + " " + point.get().equals(new Point(7, Kind.SQUARE, List.of("VERSION"))));
            System.out.println(submit(new Nested("n")).get() + " " + submit(Main::resource).get());
            System.out.println(submit(Main::bump).get() + " " + submit(Main::bump).get());
            System.out.println("deep " + submit(() -> deep(3)).get());
            try {
              submit(() -> { throw new Oops(Kind.ROUND); }).get();
            } catch (TaskFailedException e) {
              System.out.println(((Oops) e.getCause()).kind + " " + e.getCause().getMessage());
            }
            System.out.println("ready");
            System.in.read();
            System.out.println(submit(Main::bump).get() + " " + submit(new Nested("again")).get());
          }
        }
      }
      """;

  @TempDir Path folder;

  private final List<Process> started = new ArrayList<>();
  private Path secret = Path.of("");
  private String address = "";
  private String worker = "";

  @BeforeEach
  void startAWorkerThatKnowsOnlyDeed() throws IOException {
    secret = folder.resolve("secret");
    Files.createFile(
        secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    byte[] bytes = new byte[32];
    new java.security.SecureRandom().nextBytes(bytes);
    Files.write(secret, bytes);
    Process process = java(List.of(), DeedCommand.class.getName(), "worker", "--cpus", "1");
    address = line(process.inputReader());
    worker = line(process.errorReader()).split("[ ;]", -1)[2];
  }

  @AfterEach
  void endAll() throws Exception {
    for (Process process : started) {
      process.destroyForcibly();
      process.waitFor();
    }
    ClusterDirectory.remove(LivenessLock.directory(config().cluster()));
  }

  private ClusterSecret config() {
    return ClusterSecret.of(DeedConfig.load().secretFile(secret));
  }

  /// A JVM with Deed and `more` on its class path, and a program with `words`.
  private Process java(List<Path> more, String... words) throws IOException {
    List<String> classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.endsWith("test-classes"))
            .collect(Collectors.toCollection(ArrayList::new));
    more.forEach(entry -> classPath.add(entry.toString()));
    List<String> command =
        ChildJvm.command(
            String.join(File.pathSeparator, classPath), "-Ddeed.secret-file=" + secret);
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    if (!address.isEmpty()) {
      builder.environment().put("DEED_CLUSTER", address);
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    }
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /// A folder with the program, compiled.
  private Path program(String version) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes-" + version));
    Path source = Files.createDirectories(folder.resolve("src-" + version)).resolve("Main.java");
    Files.writeString(source, PROGRAM.replace("VERSION", version));
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertThat(failed).isZero();
    Files.writeString(classes.resolve("app/text"), "text of " + version);
    return classes;
  }

  private static List<String> readUntilReady(BufferedReader reader) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(reader); !line.equals("ready"); line = line(reader)) {
      lines.add(line);
    }
    return lines;
  }

  private static String line(BufferedReader reader) throws IOException {
    return Objects.requireNonNull(reader.readLine(), "it ended without a word");
  }

  private static String[] expected(String version) {
    return new String[] {
      "SQUARE 7 [" + version + "] true",
      "<n " + version + "> text of " + version,
      "1 2",
      "deep 3",
      "ROUND of " + version
    };
  }

  private Path codeFolder() throws IOException {
    return ClusterDirectory.code(
        LivenessLock.directory(config().cluster()), WorkerId.parse(worker));
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void twoProgramsWithClassesOfTheSameNamesEachGetTheirOwn() throws Exception {
    Process first = java(List.of(program("one")), "app.Main");
    BufferedReader firstOut = first.inputReader();
    assertThat(readUntilReady(firstOut)).containsExactly(expected("one"));
    Process second = java(List.of(program("two")), "app.Main");
    BufferedReader secondOut = second.inputReader();
    assertThat(readUntilReady(secondOut)).containsExactly(expected("two"));

    try (WatchService changes = codeFolder().getFileSystem().newWatchService()) {
      codeFolder().register(changes, StandardWatchEventKinds.ENTRY_DELETE);
      assertThat(isEmpty(codeFolder())).isFalse();
      first.outputWriter().append('\n').flush();
      assertThat(firstOut.readLine()).isEqualTo("3 <again one>");
      assertThat(first.waitFor()).isZero();
      // A driver that is killed frees its code just as one that leaves.
      second.destroyForcibly();
      while (!isEmpty(codeFolder())) {
        WatchKey change = changes.poll(20, TimeUnit.SECONDS);
        assertThat(change).as("code that stays after its drivers").isNotNull();
        change.pollEvents();
        change.reset();
      }
    }
  }

  @Test
  void whatAllMembersHoldIsToldToADriverAndToOneWhoIsNoMember() throws Exception {
    Process driver = java(List.of(program("one")), "app.Main");
    readUntilReady(driver.inputReader());
    Process status = java(List.of(), DeedCommand.class.getName(), "status", "--json", address);
    assertThat(status.inputReader().lines().toList())
        .filteredOn(line -> line.contains("\"role\":\"driver\""))
        .hasSize(1);
    assertThat(status.waitFor()).isZero();
    Process memory = java(List.of(), DeedCommand.class.getName(), "memory", "--json", address);
    assertThat(memory.inputReader().lines().toList())
        .anyMatch(line -> line.contains("Main.lambda$main"));
    assertThat(memory.waitFor()).isZero();
    DeedConfig own = DeedConfig.load().secretFile(secret);
    String[] at = address.split(":", -1);
    try (Session session = ClusterSession.connect(at[0], Integer.parseInt(at[1]), own)) {
      MemoryReport report = session.clusterMemory();
      assertThat(report.references())
          .anySatisfy(entry -> {
            assertThat(entry.task()).isEqualTo("Main.lambda$main");
            assertThat(entry.owner()).isEqualTo(entry.worker());
          });
      assertThat(session.cluster().members()).hasSize(3);
    }
  }
}
