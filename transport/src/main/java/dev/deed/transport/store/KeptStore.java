package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A store in a directory on disk whose values outlive it: who opens the directory next has them.
/// One process at a time may use it.
///
/// A value is on the device before it gets its name; the name is, once [#syncNames] has returned.
public final class KeptStore extends StoreBase {
  private static final System.Logger LOG = System.getLogger(KeptStore.class.getName());

  private final Path directory;
  private final Path siblings;
  private final AtomicInteger idleMappings = new AtomicInteger();
  private final TemporaryFiles temporary;

  private KeptStore(Path directory, Path siblings, long limitBytes) {
    super(limitBytes);
    this.directory = directory;
    this.siblings = siblings;
    this.temporary = new TemporaryFiles(directory, true, idleMappings);
  }

  /// Opens a directory, which is made if it is missing; its parent must exist. Each value in it is
  /// read and compared with its checksums. What is damaged, not named here, or beyond the limit is
  /// removed.
  ///
  /// @param limitBytes most bytes that are kept
  /// @param beside the store of this process: values of the workers of its host and cluster are
  ///   copied from file to file
  /// @param named the values that are to be there
  /// @param givenUp is told why one of these is not taken
  /// @throws UnsafeDirectoryException if the directory is a link, another user's, or open to others
  public static KeptStore open(
      Path directory,
      long limitBytes,
      FileStore beside,
      Map<StoreKey, StoredCopy> named,
      Consumer<String> givenUp)
      throws IOException {
    Path wanted = directory.toAbsolutePath().normalize();
    HostDirectory.make(wanted, wanted);
    KeptStore store = new KeptStore(wanted, beside.siblings(), limitBytes);
    for (Path file : HostDirectory.children(wanted)) {
      Optional<StoredCopy> about =
          StoreKey.parse(String.valueOf(file.getFileName())).map(named::get);
      if (about.isEmpty() || !store.takeIn(file, about.get(), givenUp)) {
        remove(file);
      }
    }
    return store;
  }

  private static void remove(Path file) throws IOException {
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new UnsafeDirectoryException("no file of a store, but a directory: " + file);
    }
    Files.deleteIfExists(file);
  }

  /// Takes a file that has its name already; returns whether it is what was sealed under it.
  private boolean takeIn(Path file, StoredCopy about, Consumer<String> givenUp) throws IOException {
    long size = about.size();
    try {
      room().take(size);
    } catch (OutOfSpaceException e) {
      givenUp.accept(String.valueOf(e.getMessage()));
      return false;
    }
    FileCopy copy = new FileCopy(about, file, temporary.next(), directory, idleMappings);
    boolean taken = false;
    try {
      verify(copy);
      taken = admit(copy);
    } catch (CorruptValueException e) {
      givenUp.accept(String.valueOf(e.getMessage()));
    } finally {
      if (!taken) {
        room().give(size);
      }
    }
    return taken;
  }

  /// Reads everything. A disk that can't read it has no more of it than one that reads something
  /// else.
  private static void verify(FileCopy copy) throws CorruptValueException {
    try (Sealed value = copy.open().orElseThrow()) {
      value.verify();
    } catch (CorruptValueException e) {
      throw e;
    } catch (IOException e) {
      throw new CorruptValueException("the disk does not read " + copy.about().key(), e);
    }
  }

  /// Most bytes that there is room for now.
  public long freeBytes() {
    return room().freeBytes();
  }

  /// Returns when the values that were sealed and deleted are so on the device.
  public void syncNames() throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /// Copies the file of a worker of the same host.
  @Override
  boolean link(WorkerId holder, StoredCopy wanted) throws IOException {
    Path other = siblings.resolve(holder.toString());
    if (!HostDirectory.isSafe(other)) {
      return false;
    }
    StoreKey key = wanted.key();
    long size = wanted.size();
    try (FileChannel from = FileMedium.open(other.resolve(key.fileName()));
        Writing to = create(key, OptionalLong.of(size))) {
      if (!FileFormat.read(from, key).about().equals(wanted)) {
        return false;
      }
      ByteBuffer block = ByteBuffer.allocate((int) Math.min(size, BlockHash.BLOCK_BYTES));
      for (int i = 0; i < BlockHash.blocks(size); i++) {
        long at = FileFormat.DATA_OFFSET + (long) i * BlockHash.BLOCK_BYTES;
        FileFormat.readFully(from, block.clear().limit(BlockHash.blockLength(size, i)), at, key);
        to.append(MemorySegment.ofBuffer(block.flip()));
      }
      boolean same = to.seal().equals(wanted);
      if (!same) {
        delete(key);
      }
      return same;
    } catch (NoSuchFileException _) {
      return false;
    } catch (CorruptValueException e) {
      LOG.log(Level.WARNING, "not copied from " + holder.brief() + ": " + e.getMessage());
      return false;
    }
  }

  @Override
  Medium medium(OptionalLong size) throws IOException {
    return temporary.medium(size);
  }

  @Override
  boolean outlives() {
    return true;
  }

  @Override
  void closed() throws IOException {
    temporary.removeAll();
  }
}
