package dev.deed.faultinjection.chaos.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.LocalCluster;
import dev.deed.Member;
import dev.deed.Session;
import dev.deed.futures.cli.Address;
import dev.deed.futures.cli.ClusterAccess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Nothing is left of a cluster, however it ends: no process, and with them no port; no file.
@Timeout(60)
final class ClosingClusterTest {
  /// Time from a kill to when nothing may be left.
  private static final Duration BOUND = Duration.ofSeconds(5);

  private static final int INTERRUPTED = 130;

  @TempDir Path folder;

  private Path temporary;
  private List<String> flags;

  /// Processes that belong to what was started.
  private final List<Long> pids = new ArrayList<>();

  /// Directories of clusters.
  private final Set<Path> directories = new TreeSet<>();

  @BeforeEach
  void set() throws IOException {
    temporary = Files.createDirectory(folder.resolve("tmp"));
    flags = List.of("-Djava.io.tmpdir=" + temporary);
    TestSecret.create(folder.resolve("secret"));
  }

  @AfterEach
  void killAll() {
    pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  private static Path userDirectory() throws IOException {
    return Path.of("/dev/shm/deed-" + Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  private void learnDirectory(String worker) throws IOException {
    try (Stream<Path> clusters = Files.list(userDirectory())) {
      clusters
          .filter(cluster -> Files.exists(cluster.resolve(worker + ".alive")))
          .forEach(directories::add);
    }
  }

  /// Reads what a [LocalDriver] says until it is ready.
  private void learn(DeedProcess process) throws IOException {
    pids.add(process.pid());
    while (true) {
      String[] words = process.line().split(" ", -1);
      pids.add(Long.parseLong(words[0]));
      if (words[1].equals("ready")) {
        break;
      }
      learnDirectory(words[1]);
    }
    assertThat(directories).hasSize(1);
  }

  private void assertNothingLeft() {
    await()
        .atMost(BOUND)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> {
          assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
          assertThat(directories).noneMatch(Files::exists);
          assertThat(temporary).isEmptyDirectory();
        });
  }

  private DeedProcess ownCluster() throws IOException {
    DeedProcess driver = DeedProcess.start(folder, flags, LocalDriver.class, "own");
    learn(driver);
    assertThat(pids).as("driver, twice, and two workers").hasSize(5);
    return driver;
  }

  private DeedProcess run() throws IOException {
    DeedProcess deed =
        DeedProcess.deed(
            folder,
            flags,
            "run",
            "--workers",
            "2",
            "--cpus",
            "1",
            "--secret-file",
            folder.resolve("secret").toString(),
            "--class-path",
            System.getProperty("java.class.path"),
            LocalDriver.class.getName(),
            "joined");
    learn(deed);
    assertThat(pids).as("deed, twice, two workers, and the program, twice").hasSize(6);
    return deed;
  }

  /// Ctrl-C; fails unless it ends as it should.
  private static void interrupt(DeedProcess process) throws Exception {
    process.interrupt();
    assertThat(process.awaitEnd()).isEqualTo(INTERRUPTED);
  }

  @Test
  void aDriverIsKilled() throws IOException {
    ownCluster().kill();
    assertNothingLeft();
  }

  @Test
  void aDriverIsInterrupted() throws Exception {
    interrupt(ownCluster());
    assertNothingLeft();
  }

  @Test
  void deedRunIsKilled() throws IOException {
    run().kill();
    assertNothingLeft();
  }

  @Test
  void deedRunIsInterrupted() throws Exception {
    interrupt(run());
    assertNothingLeft();
  }

  private String worker(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("worker", "--json", "--cpus", "1"));
    words.addAll(List.of("--secret-file", folder.resolve("secret").toString()));
    words.addAll(List.of(options));
    DeedProcess process = DeedProcess.deed(folder, flags, words.toArray(String[]::new));
    pids.add(process.pid());
    workers.add(process);
    String[] told = process.line().split("\"", -1);
    learnDirectory(told[7]);
    return told[3];
  }

  private final List<DeedProcess> workers = new ArrayList<>();

  @Test
  void workersAreInterrupted() throws Exception {
    String address = worker();
    worker("--join", address);
    try (var session = Deed.connect(address, config())) {
      interrupt(workers.get(1));
      // Its lock is the proof that it has left: nobody has to wait for its lease to run out.
      await()
          .atMost(Duration.ofSeconds(2))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> session.cluster().members().size() == 2);
    }
    interrupt(workers.get(0));
    assertNothingLeft();
  }

  private DeedConfig config() {
    return DeedConfig.defaults().secretFile(folder.resolve("secret"));
  }

  /// Who belongs to the cluster, as the worker at `address` knows it.
  private List<String> members(String address) {
    return ClusterAccess.need().status(Address.parse(address), config()).workers().stream()
        .map(ClusterAccess.WorkerStatus::id)
        .toList();
  }

  /// Takes the lock's file away: nobody can find proof that this member has ended, as if it were on
  /// another host.
  private void hideLock(String member) throws IOException {
    for (Path directory : directories) {
      Files.delete(directory.resolve(member + ".alive"));
    }
  }

  @Test
  void aDriverSaysThatItLeaves() throws IOException {
    String address = worker();
    Session session = Deed.connect(address, config());
    String driver = session.cluster().members().getLast().id().toString();
    assertThat(members(address)).hasSize(2).contains(driver);
    hideLock(driver);
    session.close();
    assertThat(members(address)).hasSize(1).doesNotContain(driver);
    assertThat(workers.getFirst().errors()).isEmpty();
  }

  /// The others need neither its lock nor a new leader to know.
  @Test
  void aLeadingWorkerSaysThatItLeaves() throws Exception {
    String address = worker();
    worker("--join", address);
    worker("--join", address);
    try (VotersWatch voters = new VotersWatch();
        Session session = Deed.connect(address, config())) {
      voters.await(3);
      Member leader = session.cluster().members().getFirst();
      assertThat(leader.pid()).isEqualTo(workers.getFirst().pid());
      hideLock(leader.id().toString());
      interrupt(workers.getFirst());
      await()
          .atMost(Duration.ofSeconds(2))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> !session.cluster().members().contains(leader));
      assertThat(Deed.submit(() -> 1).get()).isEqualTo(1);
      for (DeedProcess worker : workers) {
        assertThat(worker.errors()).isEmpty();
      }
    }
  }

  @Test
  void whenAllIsKilledAtOnceTheNextStartSweeps() throws Exception {
    run();
    // Whoever still ran when another was killed might end by itself.
    signalAll("STOP");
    signalAll("KILL");
    await()
        .atMost(BOUND)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
    assertThat(directories).allMatch(Files::exists);
    assertThat(temporary).isNotEmptyDirectory();
    // Nothing is taken away from somebody who is just starting.
    FileTime old = FileTime.from(Instant.now().minusSeconds(60));
    for (Path directory : directories) {
      Files.setLastModifiedTime(directory, old);
    }
    try (Stream<Path> runs = Files.list(temporary)) {
      for (Path run : runs.toList()) {
        Files.setLastModifiedTime(run, old);
      }
    }
    pids.clear();
    DeedProcess next = run();
    for (Path directory : directories) {
      try (Stream<Path> locks = Files.list(directory)) {
        assertThat(locks.filter(file -> file.toString().endsWith(".alive")))
            .as("deed, two workers, and the program")
            .hasSize(4);
      }
    }
    assertThat(temporary.toFile().list()).hasSize(1);
    interrupt(next);
    assertNothingLeft();
  }

  private void signalAll(String signal) throws Exception {
    List<String> kill = new ArrayList<>(List.of("kill", "-" + signal));
    pids.forEach(pid -> kill.add(pid + ""));
    assertThat(new ProcessBuilder(kill).start().waitFor()).isZero();
  }

  private Set<String> threads(String file) throws IOException {
    Path dump = folder.resolve(file);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    try (Stream<String> lines = Files.lines(dump)) {
      Set<String> names = new TreeSet<>();
      lines
          .filter(line -> line.startsWith("#"))
          .filter(line -> line.contains("\"deed-") || line.contains("jgroups"))
          .forEach(names::add);
      return names;
    }
  }

  @Test
  void aClosedSessionLeavesNoThread() throws IOException {
    assertThat(threads("before")).isEmpty();
    try (LocalCluster cluster = Deed.localCluster(2)) {
      assertThat(Deed.submit(() -> Bytes.of(1, Bytes.MIB)).then(Bytes::sum).get())
          .isEqualTo(Bytes.sumOf(1, Bytes.MIB));
      Deed.run(() -> Thread.sleep(600_000));
      assertThat(cluster.cluster().members()).hasSize(3);
      assertThat(threads("open")).isNotEmpty();
    }
    assertThat(threads("after")).isEmpty();
  }
}
