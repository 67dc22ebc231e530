package dev.deed.transport.store;

import dev.deed.lineage.Mixing;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/// The 64-bit checksum of a block of a value, made while its bytes pass by. Not thread-safe.
///
/// It is a CRC32C and a CRC32 side by side: both are machine instructions, the same speed for
/// arrays and native memory (8 GB/s together). A multiplying hash over `MemorySegment`s ran at 12
/// GB/s, and at 1 GB/s as soon as it had met heap, native and mapped segments in one process.
/// Neither is secret: it finds accidents, not forgeries.
///
/// The CRC instructions crash the process when a mapped file is cut short under them, so mapped
/// bytes are copied first ([MappedReads]).
public final class BlockHash {
  /// Length of all blocks of a value but the last.
  public static final int BLOCK_BYTES = 1 << 20;

  /// Length of the longest value: 1 TiB, a table of 8 MiB.
  public static final long MAX_VALUE_BYTES = 1L << 40;

  private final CRC32C castagnoli = new CRC32C();
  private final CRC32 classic = new CRC32();

  BlockHash() {}

  /// Takes the bytes from position to limit; moves neither.
  void update(ByteBuffer bytes) {
    castagnoli.update(bytes.duplicate());
    classic.update(bytes.duplicate());
  }

  /// The checksum of what was taken since the last call.
  long take() {
    long hash = classic.getValue() << 32 | castagnoli.getValue();
    castagnoli.reset();
    classic.reset();
    return hash;
  }

  /// Number of blocks of a value of `size` bytes; throws [IllegalArgumentException] for a size that
  /// no value has.
  static int blocks(long size) {
    if (size < 0 || size > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "a value of " + size + " bytes: the limit is " + MAX_VALUE_BYTES);
    }
    return (int) ((size + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  /// Length of block number `block` of a value of `size` bytes.
  static int blockLength(long size, int block) {
    return (int) Math.min(BLOCK_BYTES, size - (long) block * BLOCK_BYTES);
  }

  /// The digest of a value from its length and the checksums of its blocks.
  static long digest(long size, long[] hashes) {
    long digest = Mixing.mix(size);
    for (long hash : hashes) {
      digest = Mixing.mix(digest, hash);
    }
    return digest;
  }

  /// The digest of all bytes of a segment, as a store would compute it.
  public static long digest(MemorySegment bytes) {
    long size = bytes.byteSize();
    long[] hashes = new long[blocks(size)];
    BlockHash hash = new BlockHash();
    for (int block = 0; block < hashes.length; block++) {
      long from = (long) block * BLOCK_BYTES;
      MappedReads.forEachPiece(
          bytes.asSlice(from, blockLength(size, block)), (_, piece) -> hash.update(piece));
      hashes[block] = hash.take();
    }
    return digest(size, hashes);
  }
}
