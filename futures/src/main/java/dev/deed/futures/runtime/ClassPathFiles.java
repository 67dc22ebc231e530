package dev.deed.futures.runtime;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/// The files that this JVM's class path means.
final class ClassPathFiles {
  private ClassPathFiles() {}

  /// The jars and folders of `classPath` in their order, with the jars that manifests of jars name;
  /// without what does not exist, as the JVM takes it.
  static List<Path> of(String classPath) throws IOException {
    Set<Path> found = new LinkedHashSet<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        add(Path.of(entry), found);
      }
    }
    return List.copyOf(found);
  }

  /// Jars of them, as an asker tells that it has them.
  static List<Question.KnownJar> jars(List<Path> files) throws IOException {
    List<Question.KnownJar> jars = new ArrayList<>();
    for (Path file : files) {
      if (Files.isRegularFile(file)) {
        jars.add(jar(file));
      }
    }
    return jars;
  }

  static Question.KnownJar jar(Path file) throws IOException {
    return new Question.KnownJar(
        String.valueOf(file.getFileName()),
        Files.size(file),
        Files.getLastModifiedTime(file).toMillis());
  }

  private static void add(Path entry, Set<Path> found) throws IOException {
    Path path = entry.toAbsolutePath().normalize();
    if (!Files.exists(path) || !found.add(path) || Files.isDirectory(path)) {
      return;
    }
    try (JarFile jar = new JarFile(path.toFile())) {
      Manifest manifest = jar.getManifest();
      String more =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      if (more != null) {
        for (String relative : more.trim().split("\\s+", -1)) {
          add(resolve(path, relative), found);
        }
      }
    } catch (java.util.zip.ZipException e) {
      // No jar: the JVM finds no class in it either.
      found.remove(path);
    }
  }

  private static Path resolve(Path jar, String relative) throws IOException {
    try {
      return Path.of(jar.toUri().resolve(URI.create(relative)));
    } catch (IllegalArgumentException | java.nio.file.FileSystemNotFoundException e) {
      throw new IOException("the manifest of " + jar + " names what is no file: " + relative, e);
    }
  }
}
