package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The directories that the workers of a host have in common: `<root>/<cluster>/<worker>/`.
///
/// `/dev/shm` is everybody's. So a directory is used only if it is one (no link), belongs to this
/// user and is closed to others; and files are removed relative to an open directory, so that
/// nobody can lead the removal elsewhere by swapping a directory for a link.
public final class HostDirectory {
  private static final int MAX_DEPTH = 8;

  private HostDirectory() {}

  /// Makes the directory and its missing parents below `root`, for this user only, and checks those
  /// that are there. `root`'s own parent must exist.
  public static void make(Path root, Path directory) throws IOException {
    Path base = root.toAbsolutePath().normalize();
    Path wanted = directory.toAbsolutePath().normalize();
    if (!wanted.startsWith(base)) {
      throw new UnsafeDirectoryException(wanted + " is not within " + base);
    }
    makeOne(base);
    Path at = base;
    for (Path part : base.relativize(wanted)) {
      if (!part.toString().isEmpty()) {
        at = at.resolve(part);
        makeOne(at);
      }
    }
  }

  private static void makeOne(Path directory) throws IOException {
    try {
      makeNew(directory);
    } catch (FileAlreadyExistsException _) {
      requireSafe(directory);
    }
  }

  /// Makes a directory for this user only; its parent must exist, and it must not.
  static void makeNew(Path directory) throws IOException {
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /// Throws unless the directory is this user's alone.
  public static void requireSafe(Path directory) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink() || !attributes.isDirectory()) {
      throw new UnsafeDirectoryException(directory + " is no directory but a link or a file");
    }
    if (userOf(directory) != OwnUser.ID) {
      throw new UnsafeDirectoryException(directory + " belongs to user " + userOf(directory));
    }
    String permissions = PosixFilePermissions.toString(attributes.permissions());
    if (!permissions.endsWith("------")) {
      throw new UnsafeDirectoryException(directory + " is open to others: " + permissions);
    }
  }

  private static int userOf(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  /// The number of the user that this process runs as.
  static final class OwnUser {
    static final int ID = (int) new com.sun.security.auth.module.UnixSystem().getUid();

    private OwnUser() {}
  }

  /// Whether the directory is one and this user's alone.
  static boolean isSafe(Path directory) throws IOException {
    try {
      requireSafe(directory);
      return true;
    } catch (UnsafeDirectoryException | NoSuchFileException _) {
      return false;
    }
  }

  /// Removes the directories of workers that are not alive; see [FileStore#sweep].
  static SweepReport sweep(Path root, Predicate<WorkerId> isAlive) throws IOException {
    List<WorkerId> removed = new ArrayList<>();
    int skipped = 0;
    if (!isSafe(root)) {
      return new SweepReport(List.of(), Files.exists(root, LinkOption.NOFOLLOW_LINKS) ? 1 : 0);
    }
    for (Path cluster : children(root)) {
      if (!isSafe(cluster)) {
        skipped++;
        continue;
      }
      for (Path directory : children(cluster)) {
        Optional<WorkerId> worker = worker(directory);
        if (worker.isEmpty() || !isSafe(directory)) {
          skipped++;
        } else if (!isAlive.test(worker.get())) {
          remove(directory);
          removed.add(worker.get());
        }
      }
      removeIfEmpty(cluster);
    }
    return new SweepReport(List.copyOf(removed), skipped);
  }

  /// The worker that a directory is named after.
  static Optional<WorkerId> worker(Path directory) {
    String name = String.valueOf(directory.getFileName());
    try {
      WorkerId worker = WorkerId.parse(name);
      return worker.toString().equals(name) ? Optional.of(worker) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// What lies in a directory; nothing if it is gone.
  public static List<Path> children(Path directory) throws IOException {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      List<Path> children = new ArrayList<>();
      stream.forEach(children::add);
      return children;
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  /// Removes a directory with all that is in it; links are removed, not followed.
  static void remove(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent)) {
      if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
        throw new UnsafeDirectoryException("no safe way to remove files in " + parent);
      }
      removeWithin(secure, directory.getFileName(), 0);
    } catch (NoSuchFileException _) {
      // Somebody else swept it: that is as good.
    }
  }

  private static void removeWithin(SecureDirectoryStream<Path> parent, Path name, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw new UnsafeDirectoryException("too many directories within each other: " + name);
    }
    try (SecureDirectoryStream<Path> stream =
        parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : stream) {
        Path child = entry.getFileName();
        BasicFileAttributes attributes =
            stream
                .getFileAttributeView(
                    child, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (attributes.isDirectory()) {
          removeWithin(stream, child, depth + 1);
        } else {
          stream.deleteFile(child);
        }
      }
    }
    parent.deleteDirectory(name);
  }

  /// Removes a directory that nobody uses any more.
  static void removeIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException _) {
      // Others are at work in it.
    }
  }
}
