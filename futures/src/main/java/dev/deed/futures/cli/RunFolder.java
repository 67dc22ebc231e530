package dev.deed.futures.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// What one `deed run` has on disk, and the leash that its program is on: the kernel gives the lock
/// on a file in the folder, which this process holds, to the program's JVM, which waits for it, as
/// soon as this process is gone, however it ended. (A pipe would do as well, but for the program's
/// standard input, which is the user's.)
///
/// Closing removes the folder. When this process is killed, the program's JVM does; when that is
/// killed, too, the next run does.
final class RunFolder implements AutoCloseable {
  private static final String PREFIX = "deed-run-";
  private static final String LEASH = "leash";

  /// A folder without a lock is nobody's who is just starting after so long.
  private static final Duration YOUNG = Duration.ofSeconds(10);

  private static final Duration END_TIMEOUT = Duration.ofSeconds(4);

  private final Path path;
  private final FileChannel leash;

  private RunFolder(Path path, FileChannel leash) {
    this.path = path;
    this.leash = leash;
  }

  /// Makes one, after removing those of runs that were killed with their programs.
  static RunFolder make() {
    try {
      Path path = Files.createTempDirectory(PREFIX);
      sweep(path);
      FileChannel leash =
          FileChannel.open(
              path.resolve(LEASH), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (leash.tryLock() == null) {
        leash.close();
        throw new IOException("another process holds the lock in " + path);
      }
      return new RunFolder(path, leash);
    } catch (IOException e) {
      throw CommandException.failure(
          "no folder for this run can be made in "
              + System.getProperty("java.io.tmpdir")
              + " ("
              + e.getMessage()
              + "): make room there, or name another folder by"
              + " DEED_JAVA_OPTS=-Djava.io.tmpdir=DIR.",
          e);
    }
  }

  private static void sweep(Path own) throws IOException {
    List<Path> others = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(own.getParent(), PREFIX + "*")) {
      all.forEach(others::add);
    }
    others.remove(own);
    for (Path other : others) {
      if (abandoned(other, own)) {
        delete(other);
      }
    }
  }

  private static boolean abandoned(Path folder, Path own) {
    try {
      if (!Files.getOwner(folder).equals(Files.getOwner(own))
          || System.currentTimeMillis() - Files.getLastModifiedTime(folder).toMillis()
              < YOUNG.toMillis()) {
        return false;
      }
      try (FileChannel channel = FileChannel.open(folder.resolve(LEASH), StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        return lock != null;
      }
    } catch (NoSuchFileException e) {
      return Files.isDirectory(folder);
    } catch (IOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.DEBUG, "A folder of another run can't be looked at", e);
      return false;
    }
  }

  /// Where it is.
  Path path() {
    return path;
  }

  /// In the program's JVM: removes the folder and ends the process when the parent has ended.
  static void follow(Path folder, int exitCode) throws IOException {
    FileChannel channel = FileChannel.open(folder.resolve(LEASH), StandardOpenOption.WRITE);
    Thread.ofPlatform()
        .daemon()
        .name("deed-leash")
        .start(() -> {
          try (channel;
              FileLock lock = channel.lock()) {
            if (lock.isValid()) {
              delete(folder);
              end(exitCode);
            }
          } catch (IOException e) {
            System.getLogger("dev.deed")
                .log(System.Logger.Level.WARNING, "The leash of deed run has broken: " + e);
          }
        });
  }

  /// Ends the process in order, so that its session leaves nothing, but in bounded time.
  private static void end(int exitCode) {
    Thread.ofPlatform()
        .daemon()
        .name("deed-end")
        .start(() -> {
          LockSupport.parkNanos(END_TIMEOUT.toNanos());
          Runtime.getRuntime().halt(exitCode);
        });
    Runtime.getRuntime().exit(exitCode);
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.WARNING, "A folder of deed run is left: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    delete(path);
    leash.close();
  }
}
