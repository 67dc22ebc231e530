package dev.deed.futures.runtime;

import dev.deed.OutOfStorageException;
import dev.deed.lineage.Reference;
import dev.deed.ownership.CopyName;
import dev.deed.transport.store.ObjectStore;
import dev.deed.transport.store.Sealed;
import dev.deed.transport.store.StoreKey;
import dev.deed.transport.store.Writing;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/// The stored copies of a worker process, where other workers can fetch them.
final class SharedCopies implements CopyStore {
  private final ObjectStore store;

  SharedCopies(ObjectStore store) {
    this.store = store;
  }

  /// The store's name of a copy.
  static StoreKey key(CopyName name) {
    Reference reference = name.reference();
    return new StoreKey(reference.object(), reference.estate(), name.attempt(), name.writer());
  }

  @Override
  public long write(CopyName name, byte[] bytes) {
    try (Writing writing = store.create(key(name), OptionalLong.of(bytes.length))) {
      writing.append(MemorySegment.ofArray(bytes));
      return writing.seal().digest();
    } catch (IOException e) {
      throw new OutOfStorageException(
          "a value of " + bytes.length + " bytes can't be stored: " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] read(CopyName name) {
    try (Sealed sealed =
        store
            .open(key(name))
            .orElseThrow(() ->
                new IllegalStateException("broken invariant: a pinned copy is gone: " + name))) {
      return sealed.toBytes();
    } catch (IOException e) {
      throw new OutOfStorageException("a stored value can't be read: " + e.getMessage(), e);
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
