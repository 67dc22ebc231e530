package dev.deed.transport.store;

import dev.deed.lineage.Mixing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/// The frame of a value in a file: a header of 64 bytes, the bytes, and the checksums of the
/// blocks.
///
/// The header, in eight little-endian words: magic, size, digest, fingerprint of the name, block
/// length, two zeros, checksum of the seven words before. It is written last.
final class FileFormat {
  /// Where the bytes of the value begin.
  static final int DATA_OFFSET = 64;

  private static final long MAGIC = 0x314c415644454544L; // "DEEDVAL1"
  private static final int WORDS = DATA_OFFSET / 8;

  private FileFormat() {}

  /// What the frame of a file says.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(StoredCopy about, long[] hashes) {}

  /// Writes trailer and header around the bytes.
  static Frame write(FileChannel file, StoreKey key, long size, long[] hashes) throws IOException {
    ByteBuffer trailer = littleEndian(8 * hashes.length);
    for (long hash : hashes) {
      trailer.putLong(hash);
    }
    writeFully(file, trailer.flip(), DATA_OFFSET + size);
    long digest = BlockHash.digest(size, hashes);
    long[] words = {MAGIC, size, digest, key.fingerprint(), BlockHash.BLOCK_BYTES, 0, 0, 0};
    words[WORDS - 1] = checksum(words);
    ByteBuffer header = littleEndian(DATA_OFFSET);
    for (long word : words) {
      header.putLong(word);
    }
    writeFully(file, header.flip(), 0);
    return new Frame(new StoredCopy(key, size, digest), hashes);
  }

  /// Reads the frame, and compares everything in it with the rest of it, with the name and with the
  /// length of the file.
  ///
  /// @throws CorruptValueException if the file is not what was sealed as `key`
  static Frame read(FileChannel file, StoreKey key) throws IOException {
    ByteBuffer header = littleEndian(DATA_OFFSET);
    readFully(file, header, 0, key);
    header.flip();
    long[] words = new long[WORDS];
    for (int i = 0; i < WORDS; i++) {
      words[i] = header.getLong();
    }
    require(words[0] == MAGIC && words[WORDS - 1] == checksum(words), key, "its header is damaged");
    require(words[3] == key.fingerprint(), key, "the file belongs to another name");
    require(words[4] == BlockHash.BLOCK_BYTES, key, "its blocks have another length");
    long size = words[1];
    require(size >= 0 && size <= BlockHash.MAX_VALUE_BYTES, key, "its size is impossible");
    int blocks = BlockHash.blocks(size);
    long length = DATA_OFFSET + size + 8L * blocks;
    require(file.size() == length, key, "the file has " + file.size() + " bytes, not " + length);
    ByteBuffer trailer = littleEndian(8 * blocks);
    readFully(file, trailer, DATA_OFFSET + size, key);
    trailer.flip();
    long[] hashes = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      hashes[i] = trailer.getLong();
    }
    require(words[2] == BlockHash.digest(size, hashes), key, "its checksums are damaged");
    return new Frame(new StoredCopy(key, size, words[2]), hashes);
  }

  /// Writes all bytes of the buffer.
  static void writeFully(FileChannel file, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  /// Fills the buffer, or throws [CorruptValueException] if the file ends before.
  static void readFully(FileChannel file, ByteBuffer into, long position, StoreKey key)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = file.read(into, at);
      require(count > 0, key, "the file ends at " + at);
      at += count;
    }
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long checksum(long[] words) {
    long sum = 0;
    for (int i = 0; i < WORDS - 1; i++) {
      sum = Mixing.mix(sum, words[i]);
    }
    return sum;
  }

  private static void require(boolean good, StoreKey key, String otherwise)
      throws CorruptValueException {
    if (!good) {
      throw new CorruptValueException(
          "the stored bytes of " + key + " can't be used: " + otherwise);
    }
  }
}
