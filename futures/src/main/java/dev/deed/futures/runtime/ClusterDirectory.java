package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.group.LivenessLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A cluster's directory in `/dev/shm`: the secret, the locks of its workers on this host, and for
/// each its store and the code that it was sent.
final class ClusterDirectory {
  private static final String LOCK_SUFFIX = ".alive";

  /// Time after which an unused directory is nobody's who is just starting.
  private static final long YOUNG_MS = 10_000;

  private ClusterDirectory() {}

  /// Makes a cluster's directory, after removing what killed clusters, and killed workers of this
  /// one, have left.
  static Path create(String cluster) throws IOException {
    Path directory = LivenessLock.directory(cluster);
    for (WorkerId worker : workers(directory)) {
      sweep(directory, worker);
    }
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

  /// Those who have, or had, a lock there.
  private static List<WorkerId> workers(Path directory) throws IOException {
    List<WorkerId> workers = new ArrayList<>();
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(directory, "*" + LOCK_SUFFIX)) {
      for (Path lock : locks) {
        String name = lock.getFileName().toString();
        workers.add(WorkerId.parse(name.substring(0, name.length() - LOCK_SUFFIX.length())));
      }
    }
    return workers;
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
    try {
      for (WorkerId worker : workers(directory)) {
        if (LivenessLock.probe(directory, worker) == LivenessLock.Probe.ALIVE) {
          return;
        }
      }
    } catch (NoSuchFileException e) {
      return;
    }
    remove(directory);
  }

  /// The code of programs that a worker was sent.
  static Path code(Path directory, WorkerId worker) {
    return directory.resolve("code-" + worker);
  }

  /// Removes what a dead worker of this host has left, if its process has ended: its values and the
  /// code that it was sent, which are memory, and its lock.
  static void sweep(Path directory, WorkerId dead) throws IOException {
    if (LivenessLock.probe(directory, dead) == LivenessLock.Probe.ENDED) {
      remove(directory.resolve(dead.toString()));
      remove(code(directory, dead));
      LivenessLock.sweep(directory, dead);
    }
  }

  /// Removes the directory with all that is in it; other processes may do the same at the same
  /// time.
  static void remove(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
              throw failure;
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
