package dev.deed.futures;

import dev.deed.futures.runtime.JvmFlags;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command of another JVM with the flags that Deed needs.
public final class ChildJvm {
  private ChildJvm() {}

  /// A JVM with `classPath`, and with `words`: further flags, a main class and its arguments. The
  /// list may be added to.
  public static List<String> command(String classPath, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.ALL);
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-cp", classPath));
    command.addAll(List.of(words));
    return command;
  }

  /// The same with this JVM's own class path.
  public static List<String> command(Class<?> main) {
    return command(System.getProperty("java.class.path"), main.getName());
  }
}
