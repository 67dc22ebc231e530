package dev.deed.papers.nsdi21;

import dev.deed.Deed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// A file in which tasks note that they begin and end, one line each: how an experiment sees what
/// was executed more than once. All workers are on this machine; a line is appended by one write,
/// so lines of different processes don't mix, and what a killed process noted is kept.
///
/// @param file the file, or empty to note nothing
public record Executions(String file) {
  /// Notes nothing.
  public static final Executions NONE = new Executions("");

  /// One execution of a task.
  ///
  /// @param stage which kind of task, a word
  /// @param number of the task within its stage
  /// @param attempt number of the execution, from 1
  /// @param pid process that executed it
  /// @param beganMs when, in milliseconds since 1970
  /// @param endedMs when it ended; empty if it never did
  public record Execution(
      String stage, int number, int attempt, long pid, long beganMs, OptionalLong endedMs) {}

  /// An execution that was noted as begun.
  public static final class Running {
    private final Executions executions;
    private final String what;

    private Running(Executions executions, String what) {
      this.executions = executions;
      this.what = what;
    }

    /// Notes that it ended well.
    public void end() {
      executions.append("end", what);
    }
  }

  /// Notes that the task that calls this begins.
  public Running begin(String stage, int number) {
    if (file.isEmpty()) {
      return new Running(this, "");
    }
    String what =
        stage + " " + number + " " + Deed.context().attempt() + " " + ProcessHandle.current().pid();
    append("begin", what);
    return new Running(this, what);
  }

  private void append(String event, String what) {
    if (file.isEmpty()) {
      return;
    }
    String line = event + " " + what + " " + System.currentTimeMillis() + "\n";
    try {
      Files.write(
          Path.of(file),
          line.getBytes(StandardCharsets.US_ASCII),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("an execution can't be noted in " + file, e);
    }
  }

  /// The executions noted so far, in the order in which they began.
  public List<Execution> read() throws IOException {
    List<Execution> all = new ArrayList<>();
    if (file.isEmpty() || !Files.exists(Path.of(file))) {
      return all;
    }
    Map<String, Integer> running = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of(file), StandardCharsets.US_ASCII)) {
      String[] words = line.split(" ", -1);
      if (words.length != 6) {
        throw new IOException("not a line about an execution, in " + file + ": " + line);
      }
      String what = line.substring(line.indexOf(' '), line.lastIndexOf(' '));
      long time = Long.parseLong(words[5]);
      if (words[0].equals("begin")) {
        running.put(what, all.size());
        all.add(
            new Execution(
                words[1],
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Long.parseLong(words[4]),
                time,
                OptionalLong.empty()));
      } else {
        Integer place = running.remove(what);
        if (place == null) {
          throw new IOException("an execution ended that never began, in " + file + ": " + line);
        }
        Execution e = all.get(place);
        all.set(
            place,
            new Execution(
                e.stage(), e.number(), e.attempt(), e.pid(), e.beganMs(), OptionalLong.of(time)));
      }
    }
    return all;
  }
}
