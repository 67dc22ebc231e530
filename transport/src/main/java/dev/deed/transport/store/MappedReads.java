package dev.deed.transport.store;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Reading of memory that may be a file's. When a mapped file is cut short, the kernel's signal
/// becomes an [InternalError] at the access; here, at the boundary where bytes are copied, it
/// becomes an error of the value.
final class MappedReads {
  /// Largest piece that is handled at once: it stays in the cache between hashing and writing.
  static final int PIECE_BYTES = 256 << 10;

  private MappedReads() {}

  /// Takes one piece.
  interface PieceSink<E extends Exception> {
    /// The bytes from position to limit lie at `offset` of the whole. The buffer is valid during
    /// the call.
    void take(long offset, ByteBuffer piece) throws E;
  }

  /// Hands over a segment in pieces of at most [#PIECE_BYTES], as buffers that are safe to give to
  /// instructions and system calls: memory of arrays of bytes and of the native heap as it is, all
  /// other through a copy. Throws [InternalError] if a mapped file was cut short.
  static <E extends Exception> void forEachPiece(MemorySegment bytes, PieceSink<E> sink) throws E {
    boolean asItIs =
        bytes.heapBase().map(array -> array instanceof byte[]).orElse(bytes.isNative())
            && !bytes.isMapped();
    long size = bytes.byteSize();
    byte[] copy = asItIs ? new byte[0] : new byte[(int) Math.min(PIECE_BYTES, size)];
    for (long offset = 0; offset < size; offset += PIECE_BYTES) {
      int length = (int) Math.min(PIECE_BYTES, size - offset);
      if (asItIs) {
        sink.take(offset, bytes.asSlice(offset, length).asByteBuffer());
      } else {
        MemorySegment.copy(bytes, offset, MemorySegment.ofArray(copy), 0, length);
        sink.take(offset, ByteBuffer.wrap(copy, 0, length));
      }
    }
  }

  /// Copies `length` bytes, and throws [CorruptValueException] if the source is a file that was cut
  /// short.
  static void copy(MemorySegment from, long offset, MemorySegment to, long length, StoreKey key)
      throws CorruptValueException {
    try {
      MemorySegment.copy(from, offset, to, 0, length);
    } catch (InternalError e) {
      throw cutShort(key, e);
    }
  }

  static CorruptValueException cutShort(StoreKey key, InternalError cause) {
    return new CorruptValueException("the file of " + key + " was cut short while mapped", cause);
  }
}
