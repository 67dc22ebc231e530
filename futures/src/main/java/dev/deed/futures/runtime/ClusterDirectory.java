package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.group.LivenessLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/// A cluster's directory in `/dev/shm`: the secret, the locks and the stores of its workers on this
/// host.
final class ClusterDirectory {
  private static final String LOCK_SUFFIX = ".alive";

  /// Time after which an unused directory is nobody's who is just starting.
  private static final long YOUNG_MS = 10_000;

  private ClusterDirectory() {}

  /// Makes the directory of a new cluster, after removing those that killed clusters have left.
  static Path create(String cluster) throws IOException {
    Path directory = LivenessLock.directory(cluster);
    Path user = directory.getParent();
    if (user != null) {
      try (DirectoryStream<Path> others = Files.newDirectoryStream(user)) {
        for (Path other : others) {
          if (!other.equals(directory) && old(other)) {
            removeIfUnused(other);
          }
        }
      }
    }
    return directory;
  }

  private static boolean old(Path directory) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isDirectory()
          && System.currentTimeMillis() - attributes.lastModifiedTime().toMillis() > YOUNG_MS;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Removes the directory if no worker of it lives.
  static void removeIfUnused(Path directory) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(directory, "*" + LOCK_SUFFIX)) {
      for (Path lock : locks) {
        String name = lock.getFileName().toString();
        WorkerId worker = WorkerId.parse(name.substring(0, name.length() - LOCK_SUFFIX.length()));
        if (LivenessLock.probe(directory, worker) == LivenessLock.Probe.ALIVE) {
          return;
        }
      }
    } catch (NoSuchFileException e) {
      return;
    }
    remove(directory);
  }

  /// Removes the directory with all that is in it.
  static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException | java.io.UncheckedIOException e) {
      // Another process removes it at the same time.
      System.getLogger("dev.deed")
          .log(System.Logger.Level.DEBUG, "A directory was removed by another process: " + e);
    }
  }
}
