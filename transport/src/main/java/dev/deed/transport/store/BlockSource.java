package dev.deed.transport.store;

import java.io.IOException;
import java.util.OptionalLong;

/// A value that can be sent, whole or still arriving.
interface BlockSource extends AutoCloseable {

  long size();

  long digest();

  /// The checksum of a block, once its bytes can be read: waits up to `timeoutNs` for it. Empty
  /// when the time is over.
  ///
  /// @throws StoreClosedException if it will never come
  OptionalLong awaitHash(int block, long timeoutNs) throws IOException;

  Medium.Reader bytes();

  @Override
  default void close() throws IOException {
    bytes().close();
  }

  /// A whole value.
  record Whole(StoredCopy about, long[] hashes, Medium.Reader bytes) implements BlockSource {
    @Override
    public long size() {
      return about.size();
    }

    @Override
    public long digest() {
      return about.digest();
    }

    @Override
    public OptionalLong awaitHash(int block, long timeoutNs) {
      return OptionalLong.of(hashes[block]);
    }
  }
}
