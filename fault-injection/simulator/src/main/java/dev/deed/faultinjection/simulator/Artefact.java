package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.SimulationRun.Course;
import dev.deed.faultinjection.simulator.SimulationRun.FailedSeed;
import dev.deed.faultinjection.simulator.SimulationRun.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a failing seed leaves behind: the story of its run, and that of the smallest plan that was
/// found to fail in the same way.
final class Artefact {
  private Artefact() {}

  static FailedSeed of(long seed, Plan plan, ViolationException violation, Options options) {
    String replay = SimulationRun.replay(seed, options);
    if (options.folder().isEmpty()) {
      return new FailedSeed(
          seed, violation.invariant(), violation.text(), replay, Optional.empty());
    }
    Path folder = options.folder().get().resolve("seed-" + seed);
    try {
      Files.createDirectories(folder);
      write(folder.resolve("story.txt"), seed, plan, options);
      if (options.shrinkMillis() > 0) {
        Plan smallest = Shrinker.shrink(seed, plan, violation.invariant(), options.shrinkMillis());
        write(folder.resolve("smallest.txt"), seed, smallest, options);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing the story of seed " + seed + " to " + folder, e);
    }
    return new FailedSeed(
        seed, violation.invariant(), violation.text(), replay, Optional.of(folder));
  }

  /// The error and where in Deed it came from.
  private static String described(Throwable error) {
    return error
        + Arrays.stream(error.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("dev.deed"))
            .limit(12)
            .map(frame -> "\n    at " + frame)
            .collect(Collectors.joining());
  }

  private static void write(Path file, long seed, Plan plan, Options options) throws IOException {
    Course course = SimulationRun.course(seed, plan, true);
    List<String> lines = new ArrayList<>();
    lines.add("seed " + seed + ", replay: " + SimulationRun.replay(seed, options));
    lines.addAll(plan.describe().lines().toList());
    lines.addAll(course.story());
    course
        .broken()
        .ifPresent(violation -> {
          for (Throwable t = violation; t != null; t = t.getCause()) {
            lines.add(described(t));
          }
        });
    Files.write(file, lines);
  }
}
