package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import java.util.OptionalLong;

/// A store in this process's memory, outside the Java heap: for the embedded backend. No files.
public final class HeapStore extends StoreBase {

  /// An empty store.
  ///
  /// @param limitBytes most bytes that it keeps
  public HeapStore(long limitBytes) {
    super(limitBytes);
  }

  @Override
  Medium medium(OptionalLong size) throws OutOfSpaceException {
    return new MemoryMedium(size);
  }

  @Override
  boolean link(WorkerId holder, StoredCopy wanted) {
    return false;
  }

  @Override
  void closed() {
    // A writing that is under way frees its memory when it meets the closed store.
  }
}
