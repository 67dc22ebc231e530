package dev.deed.futures.cli;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Class paths: that of Deed itself, and those that users name.
final class ClassPath {
  private ClassPath() {}

  /// What this process was started with, as absolute paths.
  static List<Path> ofDeed() {
    return split(System.getProperty("java.class.path")).stream().map(Path::toAbsolutePath).toList();
  }

  /// The entries that a user named, with `folder/*` as all jars of a folder. Throws a
  /// [CommandException#userError] that names one that doesn't exist.
  static List<Path> parse(String text) {
    List<Path> entries = new ArrayList<>();
    for (String part : text.split(File.pathSeparator, -1)) {
      if (part.endsWith("/*")) {
        entries.addAll(jars(existing(part.substring(0, part.length() - 2))));
      } else if (!part.isBlank()) {
        entries.add(existing(part));
      }
    }
    return entries;
  }

  private static Path existing(String text) {
    Path path = Path.of(text).toAbsolutePath().normalize();
    if (!Files.exists(path)) {
      throw CommandException.userError(
          "'" + text + "' in --class-path does not exist: build it, or name another.");
    }
    return path;
  }

  private static List<Path> jars(Path folder) {
    File[] jars = folder.toFile().listFiles((_, name) -> name.endsWith(".jar"));
    if (jars == null) {
      throw CommandException.userError(
          "'" + folder + "' in --class-path is no folder: name one with jars in it.");
    }
    return List.of(jars).stream().map(File::toPath).sorted().toList();
  }

  private static List<Path> split(String text) {
    return List.of(text.split(File.pathSeparator)).stream()
        .filter(part -> !part.isBlank())
        .map(Path::of)
        .toList();
  }

  /// As the JVM takes it.
  static String join(List<Path> entries) {
    return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /// As a class loader takes it.
  static URL[] urls(List<Path> entries) {
    URL[] urls = new URL[entries.size()];
    for (int i = 0; i < urls.length; i++) {
      try {
        urls[i] = entries.get(i).toUri().toURL();
      } catch (MalformedURLException e) {
        throw CommandException.userError(
            "'" + entries.get(i) + "' can't be on a class path: rename it.", e);
      }
    }
    return urls;
  }
}
