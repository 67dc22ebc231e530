package dev.deed.transport.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;

/// A value that is written from front to back; see [Writing].
final class Appending implements Writing {
  private final StoreBase store;
  private final StoreKey key;
  private final Medium medium;
  private final OptionalLong announced;
  private final BlockHash hash = new BlockHash();
  private long[] hashes = new long[1];
  private int blocks;
  private long length;
  private long roomTaken;
  private boolean over;

  /// @param roomTaken bytes that the store has set aside for it
  Appending(StoreBase store, StoreKey key, Medium medium, OptionalLong announced, long roomTaken) {
    this.store = store;
    this.key = key;
    this.medium = medium;
    this.announced = announced;
    this.roomTaken = roomTaken;
  }

  @Override
  public StoreKey key() {
    return key;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void append(MemorySegment bytes) throws IOException {
    requireGoingOn();
    boolean done = false;
    try {
      makeRoom(bytes.byteSize());
      MappedReads.forEachPiece(bytes, (_, piece) -> take(piece));
      done = true;
    } finally {
      if (!done) {
        abort();
      }
    }
  }

  private void makeRoom(long more) throws IOException {
    long end = length + more;
    if (end > announced.orElse(BlockHash.MAX_VALUE_BYTES)) {
      throw new IOException(
          key + ": more than the " + announced.orElse(BlockHash.MAX_VALUE_BYTES) + " bytes");
    }
    if (end > roomTaken) {
      store.room().take(end - roomTaken);
      roomTaken = end;
    }
  }

  /// Hashes and writes one piece, cut where a block ends.
  private void take(ByteBuffer piece) throws IOException {
    int end = piece.limit();
    while (piece.position() < end) {
      int inBlock = (int) (length % BlockHash.BLOCK_BYTES);
      int count = Math.min(end - piece.position(), BlockHash.BLOCK_BYTES - inBlock);
      piece.limit(piece.position() + count);
      hash.update(piece);
      medium.write(length, piece);
      length += count;
      if (inBlock + count == BlockHash.BLOCK_BYTES) {
        endBlock();
      }
      piece.limit(end);
    }
  }

  private void endBlock() {
    if (blocks == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * blocks);
    }
    hashes[blocks++] = hash.take();
  }

  @Override
  public StoredCopy seal() throws IOException {
    requireGoingOn();
    boolean done = false;
    try {
      if (announced.isPresent() && announced.getAsLong() != length) {
        throw new IOException(key + ": " + length + " bytes instead of " + announced.getAsLong());
      }
      if (length % BlockHash.BLOCK_BYTES != 0) {
        endBlock();
      }
      StoredCopy sealed = store.admit(medium, key, length, Arrays.copyOf(hashes, blocks));
      over = true;
      done = true;
      return sealed;
    } finally {
      if (!done) {
        abort();
      }
    }
  }

  @Override
  public void abort() {
    if (!over) {
      over = true;
      store.discard(medium, roomTaken);
    }
  }

  private void requireGoingOn() throws StoreClosedException {
    if (over) {
      throw new StoreClosedException(key + ": sealed or given up");
    }
    store.requireOpen();
  }
}
