package dev.deed.futures.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The JVM that a user's program runs in. It has this process's flags, standard input, output and
/// error; while a bar is shown, what it prints on the terminal passes through this process.
///
/// Closing ends it: politely first, by force after [#GRACE]. It also ends when this process is
/// killed.
final class ProgramProcess implements AutoCloseable {
  static final Duration GRACE = Duration.ofSeconds(2);
  private static final int CHUNK = 8 << 10;

  /// Flags of this process that are not for another one.
  private static final List<String> OWN_FLAGS =
      List.of("-Ddeed.terminal", "-XX:AOTCacheOutput", "-XX:AOTMode", "-agentlib:jdwp");

  private final Process process;
  private final Progress progress;
  private final List<Thread> pumps = new ArrayList<>();

  private ProgramProcess(Process process, Progress progress) {
    this.process = process;
    this.progress = progress;
  }

  /// Starts it.
  ///
  /// @param settings of Deed, by name
  /// @param cluster that `Deed.connect()` finds; empty to leave that to this process's environment
  /// @param progress the bar that its output has to keep clear of
  /// @param folder of the run
  static ProgramProcess start(
      Program program,
      Map<String, String> settings,
      Optional<Address> cluster,
      Progress progress,
      Path folder) {
    ProcessBuilder builder = new ProcessBuilder(command(program, settings, folder));
    builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
    // What goes to a file can't cut the bar in two.
    boolean outputPumped = progress.isShown() && Progress.outputOnTerminal();
    if (!outputPumped) {
      builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    }
    if (!progress.isShown()) {
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    }
    cluster.ifPresent(address -> builder.environment().put("DEED_CLUSTER", address.toString()));
    try {
      ProgramProcess started = new ProgramProcess(builder.start(), progress);
      if (outputPumped) {
        started.pump(started.process.getInputStream(), System.out);
      }
      if (progress.isShown()) {
        started.pump(started.process.getErrorStream(), System.err);
      }
      return started;
    } catch (IOException e) {
      throw CommandException.failure(
          "a JVM for the program can't be started: " + e.getMessage() + ".", e);
    }
  }

  private static List<String> command(Program program, Map<String, String> settings, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> OWN_FLAGS.stream().noneMatch(flag::startsWith))
        .forEach(command::add);
    settings.forEach((name, value) -> command.add("-Ddeed." + name + "=" + value));
    // Deed's own entries first: the ahead-of-time cache holds for class paths that begin with them.
    List<Path> classPath = new ArrayList<>(ClassPath.ofDeed());
    classPath.addAll(program.classPath());
    command.add("-cp");
    command.add(ClassPath.join(classPath));
    command.add(ProgramMain.class.getName());
    command.add(folder.toString());
    command.add(program.mainClass());
    command.addAll(program.arguments());
    return command;
  }

  private void pump(InputStream from, PrintStream to) {
    pumps.add(Thread.ofVirtual().name("program-output").start(() -> passAll(from, to)));
  }

  private void passAll(InputStream from, PrintStream to) {
    byte[] chunk = new byte[CHUNK];
    try (from) {
      for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
        if (count > 0) {
          progress.pass(to, chunk, count);
        }
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException("reading what the program prints", e);
      }
    }
  }

  /// Waits for its end and for what it has printed; returns its exit code.
  int await() throws InterruptedException {
    int code = process.waitFor();
    for (Thread pump : pumps) {
      pump.join(GRACE);
    }
    return code;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
