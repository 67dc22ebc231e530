package dev.deed.transport.store;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/// One reader's hold on the bytes of a sealed value.
final class OpenValue implements Sealed {
  private final StoredCopy about;
  private final SharedBytes shared;
  private final SharedBytes.Loaded loaded;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Takes over the hold that `shared` gave.
  OpenValue(StoredCopy about, SharedBytes shared, SharedBytes.Loaded loaded) {
    this.about = about;
    this.shared = shared;
    this.loaded = loaded;
  }

  @Override
  public StoredCopy about() {
    return about;
  }

  @Override
  public MemorySegment segment() {
    if (closed.get()) {
      throw new IllegalStateException("closed: " + about.key());
    }
    return loaded.bytes();
  }

  @Override
  public void read(long offset, MemorySegment into) throws CorruptValueException {
    MappedReads.copy(segment(), offset, into, into.byteSize(), about.key());
  }

  @Override
  public byte[] toBytes() throws CorruptValueException {
    if (about.size() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException("no array holds " + about.size() + " bytes");
    }
    byte[] bytes = new byte[(int) about.size()];
    read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  @Override
  public void verify() throws CorruptValueException {
    MemorySegment bytes = segment();
    BlockHash hash = new BlockHash();
    long[] expected = loaded.hashes();
    for (int block = 0; block < expected.length; block++) {
      int length = BlockHash.blockLength(about.size(), block);
      try {
        MappedReads.forEachPiece(
            bytes.asSlice((long) block * BlockHash.BLOCK_BYTES, length),
            (_, piece) -> hash.update(piece));
      } catch (InternalError e) {
        throw MappedReads.cutShort(about.key(), e);
      }
      if (hash.take() != expected[block]) {
        throw new CorruptValueException("block " + block + " of " + about.key() + " has changed");
      }
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      shared.release();
    }
  }
}
