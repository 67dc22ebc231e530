package dev.deed.transport.store;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// A value in a file under a temporary name. Written by system calls, not through a mapping: a full
/// device is then an error and not a signal, and fresh pages of `/dev/shm` take 2.5 GB/s and not
/// 1.1.
final class FileMedium implements Medium {
  private static final System.Logger LOG = System.getLogger(FileMedium.class.getName());

  private final Path temporary;
  private final Path directory;
  private final AtomicInteger idleMappings;
  private final FileChannel file;
  private final boolean synced;
  private boolean finished;

  /// Creates the file, for its owner only. Fails if anything of that name is there, also a link.
  ///
  /// @param synced whether the value is to be on the device before it gets its name
  FileMedium(Path directory, Path temporary, AtomicInteger idleMappings, boolean synced)
      throws IOException {
    this.directory = directory;
    this.synced = synced;
    this.temporary = temporary;
    this.idleMappings = idleMappings;
    this.file =
        FileChannel.open(
            temporary,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  @Override
  public void write(long position, ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    try {
      FileFormat.writeFully(file, bytes, FileFormat.DATA_OFFSET + position);
    } catch (IOException e) {
      throw explained(e, directory, length);
    }
  }

  /// A full device as [OutOfSpaceException], any other error as it is. The system tells it by a
  /// text in the user's language, so the room that is left is looked at, too.
  static IOException explained(IOException e, Path directory, long wanted) throws IOException {
    String text = String.valueOf(e.getMessage());
    boolean full =
        text.contains("No space left")
            || text.contains("quota exceeded")
            || (e.getClass() == IOException.class
                && Files.getFileStore(directory).getUsableSpace() < wanted);
    return full ? new OutOfSpaceException("no room in " + directory + ": " + text, e) : e;
  }

  @Override
  public Reader reader() throws IOException {
    return new FileReader(open(temporary));
  }

  @Override
  public Copy finish(StoreKey key, long size, long[] hashes) throws IOException {
    try {
      FileFormat.Frame frame = FileFormat.write(file, key, size, hashes);
      if (synced) {
        file.force(false);
      }
      file.close();
      finished = true;
      return new FileCopy(frame.about(), temporary, directory, idleMappings);
    } catch (IOException e) {
      throw explained(e, directory, FileFormat.DATA_OFFSET + 8L * hashes.length);
    }
  }

  @Override
  public void discard() {
    if (finished) {
      return;
    }
    finished = true;
    try (file) {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "left behind: " + temporary, e);
    }
  }

  /// Opens a file of a store for reading, never through a link.
  ///
  /// @throws NoSuchFileException if there is nothing
  /// @throws CorruptValueException if there is something else than a file
  static FileChannel open(Path path) throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new CorruptValueException("no file, but a link or a device: " + path);
    }
    return FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  /// Reads a value's file; it stays readable when it is renamed or deleted.
  record FileReader(FileChannel file) implements Reader {
    @Override
    public void read(long position, ByteBuffer into) throws IOException {
      long at = FileFormat.DATA_OFFSET + position;
      while (into.hasRemaining()) {
        int count = file.read(into, at);
        if (count <= 0) {
          throw new CorruptValueException("the file ends at " + at);
        }
        at += count;
      }
    }

    @Override
    public long send(long position, long count, WritableByteChannel to) throws IOException {
      long sent = file.transferTo(FileFormat.DATA_OFFSET + position, count, to);
      if (sent <= 0) {
        throw new CorruptValueException("the file ends before " + (position + count));
      }
      return sent;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
