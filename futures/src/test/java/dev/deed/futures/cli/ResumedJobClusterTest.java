package dev.deed.futures.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.deed.futures.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `deed run --job` and `--resume` in a cluster of worker processes, with drivers that are killed.
/// In `sync`, in which a task that is executed is one that the heirs know.
@Timeout(120)
class ResumedJobClusterTest {
  private static final int TASKS = 16;

  /// Each task says that it is executed, and waits until it may end.
  private static final String PROGRAM =
      """
      import static dev.deed.Deed.*;
      import dev.deed.*;
      import java.nio.file.*;
      import java.util.*;

      static int square(String folder, int number, int base) throws Exception {
        Files.writeString(Path.of(folder, "executed"), number + "\\n",
            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        while (number >= TASKS / 2 && !Files.exists(Path.of(folder, "go"))) {
          Thread.sleep(10);
        }
        return number * number + base;
      }

      static int sum(String folder, List<Integer> all) throws Exception {
        Files.writeString(Path.of(folder, "summed"), all + "\\n",
            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return all.stream().mapToInt(Integer::intValue).sum();
      }

      void main(String[] words) throws Exception {
        String folder = words[0];
        try (var session = connect()) {
          Ref<Integer> base = put(1000);
          List<Ref<Integer>> squares = new ArrayList<>();
          for (int i = 0; i < TASKS; i++) {
            int number = i;
            squares.add(submit(b -> square(folder, number, b), base));
          }
          IO.println(ProcessHandle.current().pid());
          for (int i = 0; i < TASKS / 2; i++) {
            squares.get(i).get();
          }
          IO.println("half");
          Ref<Integer> sum = submitAll(all -> sum(folder, all), squares);
          // The heirs know of what was called before something that has been executed.
          IO.println("called " + submit(() -> true).get());
          IO.println("sum " + sum.get());
        }
      }
      """
          .replace("TASKS", TASKS + "");

  /// The same with other tasks, which calls nothing before it may.
  private static final String OTHER_PROGRAM =
      PROGRAM
          .replace("+ base", "- base")
          .replace(
              "Ref<Integer> base",
              """
              while (!Files.exists(Path.of(folder, "differ"))) {
                Thread.sleep(10);
              }
              Ref<Integer> base\
              """);

  private static final int SUM = IntStream.range(0, TASKS).map(i -> i * i + 1000).sum();

  @TempDir Path folder;

  private final List<Process> processes = new ArrayList<>();
  private String address = "";
  private List<Process> workers = List.of();

  @BeforeEach
  void startWorkers() throws IOException {
    Files.writeString(folder.resolve("Squares.java"), PROGRAM);
    Path secret = folder.resolve("secret");
    Files.createFile(
        secret,
        java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
            java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, "0123456789abcdef".repeat(2));
    startCluster();
  }

  private void startCluster() throws IOException {
    Process founder = worker();
    address = line(founder);
    workers = List.of(founder, worker("--join", address), worker("--join", address));
    line(workers.get(1));
    line(workers.get(2));
  }

  @AfterEach
  void killAll() throws InterruptedException {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private Process worker(String... options) throws IOException {
    // Room for more than the tasks that wait, wherever they are: another one may be queued there.
    List<String> words = new ArrayList<>(List.of("worker", "--cpus", "16"));
    words.addAll(List.of(options));
    return deed(words);
  }

  private Process run(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("run", "--no-progress", "--cluster", address));
    words.addAll(List.of(options));
    words.add(folder.resolve("Squares.java").toString());
    words.add(folder.toString());
    return deed(words);
  }

  private Process jobs(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("jobs", address));
    words.addAll(List.of(options));
    return deed(words);
  }

  /// A process of `deed`; what it says on standard error is in the file `err` and its number.
  private Process deed(List<String> words) throws IOException {
    List<String> command = ChildJvm.command(DeedCommand.class);
    command.addAll(words.subList(0, 1));
    command.addAll(
        List.of("--secret-file", folder.resolve("secret").toString(), "--durability", "sync"));
    command.addAll(words.subList(1, words.size()));
    Process process =
        new ProcessBuilder(command)
            .redirectError(folder.resolve("err" + processes.size()).toFile())
            .start();
    processes.add(process);
    return process;
  }

  private String errors(Process process) throws IOException {
    return Files.readString(folder.resolve("err" + processes.indexOf(process)));
  }

  private String line(Process process) throws IOException {
    String line = process.inputReader().readLine();
    assertThat(line)
        .as(() -> "what it says, where it has failed with: " + quietErrors(process))
        .isNotNull();
    return line;
  }

  private String quietErrors(Process process) {
    try {
      return errors(process);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static int end(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private List<Integer> executed() throws IOException {
    if (!Files.exists(folder.resolve("executed"))) {
      return List.of();
    }
    return Files.readAllLines(folder.resolve("executed")).stream()
        .map(Integer::parseInt)
        .sorted()
        .toList();
  }

  private void killDriver(long pid) {
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  @Test
  void whatWasCalledBeforeTheDriverWasKilledIsNotExecutedAgain() throws Exception {
    Process first = run("--job", "squares");
    long pid = Long.parseLong(line(first));
    assertThat(line(first)).isEqualTo("half");
    // All are called and half of them has ended; the others are at work.
    await().atMost(Duration.ofSeconds(30)).until(() -> executed().size() == TASKS);
    killDriver(pid);
    assertThat(end(first)).isNotZero();
    assertThat(errors(first)).contains("job 'squares' is kept: continue it with --resume squares");

    Process again = run("--job", "squares");
    assertThat(end(again)).isEqualTo(2);
    assertThat(errors(again)).contains("job 'squares' is there already");
    Process other = run("--resume", "cubes");
    assertThat(end(other)).isEqualTo(2);
    assertThat(errors(other)).contains("there is no job 'cubes'");
    assertThat(end(jobs("--json"))).isZero();

    Process next = run("--resume", "squares");
    line(next);
    assertThat(line(next)).isEqualTo("half");
    Files.createFile(folder.resolve("go"));
    assertThat(line(next)).isEqualTo("called true");
    assertThat(line(next)).isEqualTo("sum " + SUM);
    assertThat(end(next)).as(() -> quietErrors(next)).isZero();
    assertThat(executed()).containsExactlyElementsOf(IntStream.range(0, TASKS).boxed().toList());

    Process left = jobs();
    assertThat(line(left)).isEqualTo("Cluster at " + address + ": 0 jobs");
  }

  @Test
  void aWorkerThatJoinsWhileThereIsNoDriverHasTheCodeFromTheOthers() throws Exception {
    // Those that wait may run at one worker only, which dies: at the one that joins then.
    Files.writeString(folder.resolve("Squares.java"), atPlace(PROGRAM));
    Process place = worker("--join", address, "--resource", "place=8");
    line(place);
    Process first = run("--heirs", "2", "--job", "squares");
    long pid = Long.parseLong(line(first));
    assertThat(line(first)).isEqualTo("half");
    await().atMost(Duration.ofSeconds(30)).until(() -> executed().size() == TASKS);
    killDriver(pid);
    assertThat(end(first)).isNotZero();
    place.destroyForcibly().waitFor();
    line(worker("--join", address, "--resource", "place=8"));
    await().atMost(Duration.ofSeconds(30)).until(() -> executed().size() == TASKS + TASKS / 2);
    Files.createFile(folder.resolve("go"));
    Process next = run("--resume", "squares");
    line(next);
    assertThat(line(next)).isEqualTo("half");
    assertThat(line(next)).isEqualTo("called true");
    assertThat(line(next)).isEqualTo("sum " + SUM);
    assertThat(executed()).hasSize(TASKS + TASKS / 2);
  }

  @Test
  void aJobIsDroppedAndItsTasksEnd() throws Exception {
    Process first = run("--job", "squares");
    long pid = Long.parseLong(line(first));
    await().atMost(Duration.ofSeconds(30)).until(() -> executed().size() == TASKS);
    Process alive = run("--resume", "squares");
    killDriver(pid);
    assertThat(end(first)).isNotZero();
    // It had been asked for while the driver lived, and waited.
    long second = Long.parseLong(line(alive));
    Process early = jobs("--drop", "squares");
    assertThat(end(early)).isEqualTo(1);
    assertThat(errors(early)).contains("is run by driver");
    killDriver(second);
    assertThat(end(alive)).isNotZero();
    assertThat(end(jobs("--drop", "squares"))).isZero();
    Process gone = run("--resume", "squares");
    assertThat(end(gone)).isEqualTo(2);
    Process anew = run("--job", "squares");
    line(anew);
    Files.createFile(folder.resolve("go"));
    assertThat(end(anew)).as(() -> quietErrors(anew)).isZero();
    // That of the dropped job waited for its arguments, and was cancelled.
    assertThat(Files.readAllLines(folder.resolve("summed"))).hasSize(1);
  }

  /// The program with the tasks that wait at workers with a `place`.
  private static String atPlace(String program) {
    return program
        .replace(
            "submit(b ->", "with(o -> number < HALF ? o : o.resource(\"place\", 1)).submit(b ->")
        .replace("HALF", TASKS / 2 + "");
  }

  /// Versions of the program that a worker has.
  private long versions(Process worker) throws IOException {
    String id = errors(worker).split("[ ;]", -1)[2];
    Object user = Files.getAttribute(folder, "unix:uid");
    try (Stream<Path> files =
        Files.find(
            Path.of("/dev/shm/deed-" + user),
            5,
            (file, _) -> file.toString().contains("/code-" + id + "/"))) {
      return files
          .filter(file -> file.toString().endsWith(".jar") && hasProgram(file))
          .map(Path::getFileName)
          .distinct()
          .count();
    }
  }

  private static boolean hasProgram(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getEntry("Squares.class") != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Another program resumes the job, and every worker of `those` has its code.
  private Process otherProgram(List<Process> those) throws IOException {
    Files.writeString(folder.resolve("Squares.java"), OTHER_PROGRAM);
    Process other = run("--resume", "squares");
    for (Process worker : those) {
      await().atMost(Duration.ofSeconds(30)).until(() -> versions(worker) == 2);
    }
    return other;
  }

  private void toldSo(Process other) throws Exception {
    Files.createFile(folder.resolve("differ"));
    try (BufferedReader out = other.inputReader()) {
      out.lines().forEach(_ -> {});
    }
    assertThat(end(other)).isEqualTo(1);
    assertThat(errors(other))
        .contains("CodeMismatchException", "something else than before")
        .contains("job 'squares' is kept");
  }

  private void programEnds(String program) throws Exception {
    Files.writeString(folder.resolve("Squares.java"), program);
    Process next = run("--resume", "squares");
    line(next);
    assertThat(line(next)).isEqualTo("half");
    assertThat(line(next)).isEqualTo("called true");
    assertThat(line(next)).isEqualTo("sum " + SUM);
    assertThat(end(next)).as(() -> quietErrors(next)).isZero();
  }

  /// The driver of `first` is killed when all is called and half of the tasks are at work.
  private void callAllAndKill(Process first) throws Exception {
    long pid = Long.parseLong(line(first));
    assertThat(line(first)).isEqualTo("half");
    assertThat(line(first)).isEqualTo("called true");
    await().atMost(Duration.ofSeconds(30)).until(() -> executed().size() == TASKS);
    killDriver(pid);
    assertThat(end(first)).isNotZero();
  }

  @Test
  void aProgramThatDoesSomethingElseIsToldSo() throws Exception {
    callAllAndKill(run("--job", "squares"));
    Process other = otherProgram(workers);
    // What the first driver had called, and is executed only now, is so with that one's code.
    Files.createFile(folder.resolve("go"));
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(folder.resolve("summed")));
    toldSo(other);
    programEnds(PROGRAM);
    assertThat(executed()).containsExactlyElementsOf(IntStream.range(0, TASKS).boxed().toList());
  }

  @Test
  void aJobWithAJournalGoesOnWhereTheWholeClusterHasDiedAndInTheNextCluster() throws Exception {
    String[] kept = {"squares", "--journal", folder.resolve("journals").toString()};
    Process first = run("--job", kept[0], kept[1], kept[2]);
    long pid = Long.parseLong(line(first));
    assertThat(line(first)).isEqualTo("half");
    await().atMost(Duration.ofSeconds(30)).until(() -> executed().size() == TASKS);
    killDriver(pid);
    killAll();

    Process early = run("--resume", "squares");
    assertThat(end(early)).isNotZero();
    startCluster();
    Process none = run("--resume", "squares");
    assertThat(end(none)).isEqualTo(2);
    assertThat(errors(none)).contains("there is no job 'squares' in the cluster");
    Process next = run("--resume", kept[0], kept[1], kept[2]);
    long second = Long.parseLong(line(next));
    assertThat(line(next)).isEqualTo("half");
    // What had ended is there; the others begin once more.
    await().atMost(Duration.ofSeconds(30)).until(() -> executed().size() == TASKS + TASKS / 2);

    // From here on the job is one of this cluster, which outlives its driver.
    killDriver(second);
    assertThat(end(next)).isNotZero();
    Files.createFile(folder.resolve("go"));
    Process last = run("--resume", kept[0], kept[1], kept[2]);
    line(last);
    assertThat(line(last)).isEqualTo("half");
    assertThat(line(last)).isEqualTo("called true");
    int sum = IntStream.range(0, TASKS).map(i -> i * i + 1000).sum();
    assertThat(line(last)).isEqualTo("sum " + sum);
    assertThat(end(last)).as(() -> quietErrors(last)).isZero();
    assertThat(executed()).hasSize(TASKS + TASKS / 2);

    Process anew = run("--job", kept[0], kept[1], kept[2]);
    assertThat(end(anew)).isEqualTo(2);
    assertThat(errors(anew)).contains("is in the journal", "remove that directory");
  }

  @Test
  void aWorkerThatJoinsWithAnotherProgramsDriverHasTheCodeOfEarlierCallsFromTheOthers()
      throws Exception {
    Files.writeString(folder.resolve("Squares.java"), atPlace(PROGRAM));
    Process place = worker("--join", address, "--resource", "place=8");
    line(place);
    callAllAndKill(run("--heirs", "2", "--job", "squares"));
    Process other = otherProgram(workers);
    place.destroyForcibly().waitFor();
    line(worker("--join", address, "--resource", "place=8"));
    await().atMost(Duration.ofSeconds(30)).until(() -> executed().size() == TASKS + TASKS / 2);
    toldSo(other);
    Files.createFile(folder.resolve("go"));
    programEnds(atPlace(PROGRAM));
    assertThat(executed()).hasSize(TASKS + TASKS / 2);
  }
}
