package dev.deed.faultinjection.chaos.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.futures.cli.DeedCommand;
import dev.deed.futures.runtime.JvmFlags;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process of this build's classes: `deed …`, or a program.
final class DeedProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final Path errors;

  private DeedProcess(Process process, Path errors) {
    this.process = process;
    this.out = process.inputReader();
    this.errors = errors;
  }

  /// Starts `deed` with these words; its standard error goes to a file in `folder`.
  static DeedProcess deed(Path folder, List<String> flags, String... words) throws IOException {
    return start(folder, flags, DeedCommand.class, words);
  }

  /// Starts a class with a `main`.
  static DeedProcess start(Path folder, List<String> flags, Class<?> main, String... words)
      throws IOException {
    return startWithin(folder, List.of(), flags, main, words);
  }

  /// The same, started by a command that is given its command line.
  static DeedProcess startWithin(
      Path folder, List<String> outer, List<String> flags, Class<?> main, String... words)
      throws IOException {
    // A process group of its own, as a shell gives to a command; it minds Ctrl-C even where whoever
    // runs the tests was told not to.
    List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
    command.addAll(outer);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.ALL);
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(words));
    Path errors = Files.createTempFile(folder, "err-", ".txt");
    return new DeedProcess(
        new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
  }

  long pid() {
    return process.pid();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// The next line that it prints; fails when it ends before.
  String line() throws IOException {
    String line = out.readLine();
    assertThat(line).as("a line, before the end with " + errors()).isNotNull();
    return line;
  }

  /// What it has said on standard error.
  String errors() throws IOException {
    return Files.readString(errors);
  }

  /// SIGKILL.
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// SIGINT to it and all that it has started, as by Ctrl-C.
  void interrupt() throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-INT", "--", "-" + pid()).start();
    assertThat(kill.waitFor()).isZero();
  }

  /// Waits for the end, 10 s at most; returns the exit code.
  int awaitEnd() {
    try {
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("ended in 10 s").isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
