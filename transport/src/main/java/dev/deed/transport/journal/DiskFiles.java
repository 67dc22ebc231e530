package dev.deed.transport.journal;

import dev.deed.transport.store.HostDirectory;
import dev.deed.transport.store.UnsafeDirectoryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A directory of this user's alone, which one process uses at a time.
final class DiskFiles implements JournalFiles {
  private static final String LOCK = "lock";

  /// Directories that this process uses: closing a second channel to a lock file would give up the
  /// lock, which is the process's.
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private record DiskOutput(FileChannel file) implements Output {
    @Override
    public void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    }

    @Override
    public void sync() throws IOException {
      file.force(false);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private record DiskInput(FileChannel file) implements Input {
    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
      return file.read(into, position);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private final Path directory;
  private final Path real;
  private final FileChannel lock;

  private DiskFiles(Path directory, Path real, FileChannel lock) {
    this.directory = directory;
    this.real = real;
    this.lock = lock;
  }

  /// Takes the directory, which is made first if `make` says so and it is missing.
  static DiskFiles open(Path directory, boolean make) throws IOException {
    Path wanted = directory.toAbsolutePath().normalize();
    try {
      if (make) {
        HostDirectory.make(wanted, wanted);
      }
      HostDirectory.requireSafe(wanted);
    } catch (NoSuchFileException _) {
      throw new JournalMismatchException(
          make
              ? "there is no directory for the journal to be made in: " + wanted.getParent()
              : "there is no journal in " + wanted);
    } catch (UnsafeDirectoryException e) {
      throw e;
    } catch (IOException e) {
      throw Explained.of(e, wanted.toString());
    }
    Path real = wanted.toRealPath();
    if (!IN_USE.add(real)) {
      throw inUse(wanted);
    }
    boolean done = false;
    try {
      DiskFiles files = new DiskFiles(wanted, real, lock(wanted));
      done = true;
      return files;
    } catch (IOException e) {
      throw Explained.of(e, wanted.toString());
    } finally {
      if (!done) {
        IN_USE.remove(real);
      }
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    boolean done = false;
    try {
      FileLock held = channel.tryLock();
      if (held == null) {
        throw inUse(directory);
      }
      done = true;
      return channel;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private static JournalInUseException inUse(Path directory) {
    return new JournalInUseException(
        "the journal in " + directory + " is in use: its job still runs");
  }

  @Override
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path child : HostDirectory.children(directory)) {
      names.add(String.valueOf(child.getFileName()));
    }
    return names;
  }

  @Override
  public Output create(String name) throws IOException {
    return new DiskOutput(
        FileChannel.open(
            directory.resolve(name),
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
  }

  @Override
  public Input open(String name) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new JournalCorruptException(name, 0, "there is no file, but a link or something else");
    }
    return new DiskInput(
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void syncNames() throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public String place() {
    return directory.toString();
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } finally {
      IN_USE.remove(real);
    }
  }
}
