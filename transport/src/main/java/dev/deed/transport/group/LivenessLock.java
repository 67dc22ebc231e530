package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The kernel's lock on a file that a worker holds for as long as its process lives: whoever
/// obtains it has proof that the process has ended, however it ended (protocol.md §4). Thread-safe.
public final class LivenessLock implements AutoCloseable {
  /*
   * The lock is POSIX's: the kernel gives it up when the process ends, and also when the process closes
   * *any* descriptor of the file.  So a process never opens the files of its own locks: `HELD` names
   * them.  A file is locked before it gets its name; so a file that has its name and no lock belongs to a
   * process that has ended.  Children don't inherit the lock.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path path;
  private final FileChannel channel;

  /// What a probe found.
  public enum Probe {
    /// The process has ended: a proof.
    ENDED,
    /// The process lives.
    ALIVE,
    /// There is no such file: the worker is on another host, or has left and cleaned up.
    UNKNOWN
  }

  private LivenessLock(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// The directory for a cluster's locks on this host, made for its owner only where it is missing.
  /// Throws [IOException] when somebody else could write into it.
  public static Path directory(String cluster) throws IOException {
    if (!cluster.matches("[A-Za-z0-9_.-]{1,64}") || cluster.startsWith(".")) {
      throw new IOException("not a name for a directory: " + cluster);
    }
    Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    Path user = ownDirectory(Path.of("/dev/shm/deed-" + uid), uid);
    return ownDirectory(user.resolve(cluster), uid);
  }

  private static Path ownDirectory(Path directory, Object uid) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // Another process of ours, or somebody else: looked at below.
      }
    }
    boolean ours =
        Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
            && uid.equals(Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS))
            && Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS)
                .equals(OWNER_ONLY);
    if (!ours) {
      throw new IOException(directory + " must be a directory of this user's with mode 0700");
    }
    return directory;
  }

  /// Takes the lock of this process's worker, until [#close] or the end of the process. Throws
  /// [IOException] when the worker has one already.
  public static LivenessLock hold(Path directory, WorkerId worker) throws IOException {
    Path path = path(directory, worker);
    Path unnamed = directory.resolve(worker + ".starting");
    FileChannel channel =
        FileChannel.open(
            unnamed,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      if (!HELD.add(path)) {
        throw new IOException("this process holds the lock of " + worker + " already");
      }
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new IOException("another process holds the lock of " + worker);
      }
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
      Files.move(unnamed, path, StandardCopyOption.ATOMIC_MOVE);
      return new LivenessLock(path, channel);
    } catch (IOException e) {
      channel.close();
      Files.deleteIfExists(unnamed);
      throw e;
    }
  }

  /// Tries whether the worker's process has ended. Its file stays.
  public static Probe probe(Path directory, WorkerId worker) throws IOException {
    Path path = path(directory, worker);
    if (HELD.contains(path)) {
      return Probe.ALIVE;
    }
    // Shared, so that those who probe at the same time don't take each other for the worker.
    synchronized (HELD) {
      try (FileChannel channel =
              FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
          FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
        return lock == null ? Probe.ALIVE : Probe.ENDED;
      } catch (NoSuchFileException e) {
        return Probe.UNKNOWN;
      }
    }
  }

  /// Removes the file of a worker that has ended. Does nothing when it is gone.
  public static void sweep(Path directory, WorkerId worker) throws IOException {
    Files.deleteIfExists(path(directory, worker));
  }

  private static Path path(Path directory, WorkerId worker) {
    return directory.toAbsolutePath().normalize().resolve(worker + ".alive");
  }

  /// Gives the lock up and leaves the file, so that others find proof that nothing of this worker
  /// acts any more. Whoever has followed its death sweeps the file.
  public void release() throws IOException {
    channel.close();
    HELD.remove(path);
  }

  /// Removes the file and gives the lock up: for a worker that has left.
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
    channel.close();
    HELD.remove(path);
  }
}
