package dev.deed.faultinjection.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Exhaustive searches of small configurations of the real core; [Search] says how.
public final class Exploration {
  /// How the last line of a story begins when a rule is broken.
  public static final String BROKEN = "BROKEN ";

  private Exploration() {}

  /// The configurations that there are, the smallest first.
  public static List<Configuration> configurations() {
    return Configurations.all();
  }

  /// The configuration of that name.
  public static Configuration configuration(String name) {
    return configurations().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no configuration " + name + ": see ./deed explore --list"));
  }

  /// Searches one of them.
  ///
  /// @param watcher is told of how far it is, now and then
  public static Result run(Configuration configuration, Limits limits, Consumer<Result> watcher) {
    return new Search(configuration, limits).run(watcher);
  }

  /// Goes a way again: one line a step, and at last what is wrong, if anything is. Throws
  /// [IllegalArgumentException] for a step that is not possible.
  public static List<String> story(Path path) {
    Replay.Course course = Replay.of(configuration(path.configuration()), path);
    List<String> lines = new ArrayList<>();
    for (String line : course.story()) {
      lines.add(String.format("%3d. %s", lines.size() + 1, line));
    }
    lines.add(course.violation().map(text -> BROKEN + text).orElse("all rules hold"));
    return lines;
  }
}
