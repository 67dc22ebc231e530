package dev.deed.futures.runtime;

import dev.deed.OutOfStorageException;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.ownership.CopyName;
import dev.deed.transport.store.ObjectStore;
import dev.deed.transport.store.Sealed;
import dev.deed.transport.store.StoreKey;
import dev.deed.transport.store.Writing;
import dev.deed.transport.value.ArrayView;
import dev.deed.transport.value.ByteSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The stored copies of a worker process, where other workers can fetch them.
final class SharedCopies implements CopyStore {
  private final ObjectStore store;

  SharedCopies(ObjectStore store) {
    this.store = store;
  }

  /// The store's name of a copy.
  static StoreKey key(CopyName name) {
    Reference reference = name.reference();
    return new StoreKey(reference.object(), reference.estate(), name.edition(), name.writer());
  }

  @Override
  public long write(CopyName name, Payload content) {
    int size = content.size();
    try (Writing writing = store.create(key(name), OptionalLong.of(size))) {
      if (content instanceof ArrayView view) {
        writing.append(view.head());
        writing.append(view.elements());
      } else {
        writing.append(content.bytes());
      }
      return writing.seal().digest();
    } catch (IOException e) {
      throw new OutOfStorageException(
          "a value of " + size + " bytes can't be stored: " + e.getMessage(), e);
    }
  }

  @Override
  public <T extends @Nullable Object> T read(CopyName name, Function<ByteSource, T> reader) {
    try (Sealed sealed = open(name)) {
      return reader.apply(new Mapped(sealed));
    }
  }

  /// Bytes in a mapped file.
  private record Mapped(Sealed sealed) implements ByteSource {
    @Override
    public long size() {
      return sealed.size();
    }

    @Override
    public void read(long offset, MemorySegment into) {
      try {
        sealed.read(offset, into);
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    @Override
    public byte[] toBytes() {
      try {
        return sealed.toBytes();
      } catch (IOException e) {
        throw unreadable(e);
      }
    }
  }

  private static OutOfStorageException unreadable(IOException e) {
    return new OutOfStorageException("a stored value can't be read: " + e.getMessage(), e);
  }

  private Sealed open(CopyName name) {
    try {
      return store
          .open(key(name))
          .orElseThrow(
              () -> new IllegalStateException("broken invariant: a pinned copy is gone: " + name));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public void delete(CopyName name) {
    try {
      store.delete(key(name));
    } catch (IOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.WARNING, "A copy can't be deleted: " + e.getMessage());
    }
  }

  @Override
  public void clear() {
    // The store's own closing removes its directory.
  }
}
