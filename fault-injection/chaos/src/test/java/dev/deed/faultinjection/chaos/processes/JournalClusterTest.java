package dev.deed.faultinjection.chaos.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A job that is kept in a journal, whose whole cluster is killed.
@Timeout(120)
final class JournalClusterTest {
  private static final int HALF = JournaledDriver.CALLS / 2;
  private static final int SUM = IntStream.range(0, JournaledDriver.CALLS).map(i -> i * i).sum();

  @TempDir Path folder;

  private Path marks;
  private Path journal;

  /// Processes that belong to what was started.
  private final List<Long> pids = new ArrayList<>();

  @BeforeEach
  void set() throws IOException {
    marks = Files.createDirectory(folder.resolve("marks"));
    journal = folder.resolve("journal");
  }

  @AfterEach
  void killAll() {
    pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  private DeedProcess start(int offset) throws IOException {
    DeedProcess driver =
        DeedProcess.start(
            folder,
            List.of("-Ddeed.journal=" + journal, "-Ddeed.durability=sync", "-Ddeed.heirs=0"),
            JournaledDriver.class,
            marks.toString(),
            "own",
            Integer.toString(offset));
    pids.add(driver.pid());
    return driver;
  }

  /// The next line that is no process's number.
  private String line(DeedProcess driver) throws IOException {
    String line = driver.line();
    while (line.matches("[0-9]+")) {
      pids.add(Long.parseLong(line));
      line = driver.line();
    }
    return line;
  }

  /// SIGKILL to everybody at once.
  private void killCluster() {
    List<ProcessHandle> processes =
        pids.stream().flatMap(pid -> ProcessHandle.of(pid).stream()).toList();
    processes.forEach(ProcessHandle::destroyForcibly);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }

  /// How often each call was executed.
  private Map<Integer, Long> executions() throws IOException {
    try (Stream<Path> files = Files.list(marks)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains("-"))
          .collect(
              Collectors.groupingBy(
                  name -> Integer.parseInt(name.substring(0, name.indexOf('-'))),
                  Collectors.counting()));
    }
  }

  private void killHalfWay() throws IOException {
    DeedProcess driver = start(0);
    assertThat(line(driver)).isEqualTo("half");
    killCluster();
  }

  @Test
  void finishedCallsAreNotExecutedAgainWhenEverybodyWasKilled() throws IOException {
    killHalfWay();
    Map<Integer, Long> before = executions();
    killHalfWay();
    Files.createFile(marks.resolve("go"));
    DeedProcess driver = start(0);
    assertThat(line(driver)).isEqualTo("half");
    assertThat(line(driver)).isEqualTo("sum " + SUM);
    assertThat(driver.awaitEnd()).isZero();
    Map<Integer, Long> executions = executions();
    assertThat(executions).hasSize(JournaledDriver.CALLS);
    for (int i = 0; i < HALF; i++) {
      assertThat(before).containsEntry(i, 1L);
      assertThat(executions).as("call %d", i).containsEntry(i, 1L);
    }
    for (int i = HALF; i < JournaledDriver.CALLS; i++) {
      assertThat(executions.get(i)).as("call %d", i).isBetween(1L, 3L);
    }
  }

  @Test
  void aProgramThatCallsSomethingElseIsTold() throws IOException {
    killHalfWay();
    DeedProcess driver = start(7);
    try {
      line(driver);
    } catch (AssertionError e) {
      assertThat(e).hasMessageContaining("CodeMismatchException");
    }
    assertThat(driver.awaitEnd()).isNotZero();
    assertThat(driver.errors()).contains("CodeMismatchException", "resumed job");
  }

  @Test
  void aDamagedJournalAndOneInUseAreRefused() throws IOException {
    DeedProcess first = start(0);
    assertThat(line(first)).isEqualTo("half");
    DeedProcess second = start(0);
    assertThat(second.awaitEnd()).isNotZero();
    assertThat(second.errors()).contains("JournalException", "is in use");
    killCluster();
    try (Stream<Path> files = Files.list(journal)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".log")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[70] ^= 1;
        Files.write(file, bytes);
      }
    }
    DeedProcess third = start(0);
    assertThat(third.awaitEnd()).isNotZero();
    assertThat(third.errors()).contains("JournalException", "is damaged in", "from a copy");
  }

  // --- stored values ----------------------------------------------------------------------------

  private DeedProcess startStoring(String... options) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of("-Ddeed.journal=" + journal, "-Ddeed.durability=sync", "-Ddeed.heirs=0"));
    all.addAll(List.of(options));
    DeedProcess driver = DeedProcess.start(folder, all, StoringDriver.class, marks.toString());
    pids.add(driver.pid());
    return driver;
  }

  /// The values that are kept beside the journal.
  private List<Path> values() throws IOException {
    try (Stream<Path> files = Files.list(journal.resolve("values"))) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).toList();
    }
  }

  /// Kills everybody when the results and the put are in files.
  private void killWhenStored() throws IOException {
    DeedProcess driver = startStoring();
    assertThat(line(driver)).isEqualTo("stored");
    await().atMost(Duration.ofSeconds(10)).until(() -> values().size() == StoringDriver.CALLS + 1);
    killCluster();
  }

  private void finishStoring(String... options) throws IOException {
    Files.createFile(marks.resolve("go"));
    DeedProcess driver = startStoring(options);
    assertThat(line(driver)).isEqualTo("stored");
    assertThat(line(driver)).isEqualTo("sum " + StoringDriver.sum());
    assertThat(driver.awaitEnd()).isZero();
  }

  private static Map<Integer, Long> once() {
    return IntStream.range(0, StoringDriver.CALLS)
        .boxed()
        .collect(Collectors.toMap(i -> i, _ -> 1L));
  }

  @Test
  void storedValuesAreReadFromTheDiskAndNotMadeAgain() throws IOException {
    killWhenStored();
    killWhenStored();
    finishStoring();
    assertThat(executions()).isEqualTo(once());
  }

  @Test
  void aStoredValueWhoseFileIsDamagedIsMadeAgainAndNoOther() throws IOException {
    killWhenStored();
    Path damaged =
        values().stream().filter(file -> !isWrittenByTheOwner(file)).findFirst().orElseThrow();
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    finishStoring();
    assertThat(executions().values()).containsExactlyInAnyOrder(1L, 1L, 1L, 2L);
  }

  /// Whether the file's value is the put: its name tells the estate, and who wrote the value.
  private static boolean isWrittenByTheOwner(Path file) {
    String[] parts = file.getFileName().toString().split("-", -1);
    return parts[1].substring(1).equals(parts[3].substring(1));
  }

  @Test
  void valuesForWhichThereIsNoRoomAreMadeAgain() throws IOException {
    DeedProcess driver = startStoring("-Ddeed.journal-values=2500k");
    assertThat(line(driver)).isEqualTo("stored");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> values().size() == 2 && driver.errors().contains("--journal-values allows more"));
    killCluster();
    finishStoring();
    // One of the two is the put or not, whichever was first.
    assertThat(executions().values().stream().filter(count -> count == 1).count())
        .isBetween(1L, 2L);
  }

  // --- disks that take nothing more -------------------------------------------------------------

  private DeedProcess startFilling(List<String> within) throws IOException {
    DeedProcess driver =
        DeedProcess.startWithin(
            folder,
            within,
            List.of("-Ddeed.journal=" + journal, "-Ddeed.durability=sync", "-Ddeed.heirs=0"),
            FillingDriver.class,
            marks.toString());
    pids.add(driver.pid());
    return driver;
  }

  /// The calls whose results the program has said it has, up to its end.
  private List<Integer> got(DeedProcess driver) throws IOException {
    List<Integer> got = new ArrayList<>();
    try {
      String line = line(driver);
      while (!line.equals("all")) {
        String[] words = line.split(" ", -1);
        int number = Integer.parseInt(words[1]);
        assertThat(words[2]).isEqualTo("" + FillingDriver.bytes(number)[0]);
        got.add(number);
        line = line(driver);
      }
    } catch (AssertionError e) {
      assertThat(e).hasMessageContaining("JournalException");
    }
    return got;
  }

  /// No file may become longer than a megabyte: the system says so with an error, as when a disk is
  /// full.
  @Test
  void whatWasToldBeforeTheDiskTookNothingMoreIsThereAfterwards() throws IOException {
    DeedProcess first =
        startFilling(List.of("bash", "-c", "ulimit -f 1024; exec \"$@\"", "limited"));
    List<Integer> told = got(first);
    assertThat(first.awaitEnd()).isNotZero();
    assertThat(first.errors()).contains("JournalException", journal.toString());
    assertThat(told).isNotEmpty().hasSizeLessThan(FillingDriver.CALLS);
    Map<Integer, Long> before = executions();

    DeedProcess second = startFilling(List.of());
    assertThat(got(second)).hasSize(FillingDriver.CALLS);
    assertThat(second.awaitEnd()).isZero();
    Map<Integer, Long> after = executions();
    for (int number : told) {
      assertThat(before).containsEntry(number, 1L);
      assertThat(after).as("call %d", number).containsEntry(number, 1L);
    }
  }
}
