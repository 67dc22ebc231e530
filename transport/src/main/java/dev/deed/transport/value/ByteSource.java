package dev.deed.transport.value;

import java.lang.foreign.MemorySegment;

/// Encoded bytes that lie elsewhere, such as in a mapped file, and are copied only to where they
/// are to stay.
public interface ByteSource {
  /// Number of bytes.
  long size();

  /// Fills `into` with the bytes from `offset` on.
  void read(long offset, MemorySegment into);

  /// All bytes, not to be changed.
  byte[] toBytes();

  /// The bytes of an array, which nobody changes any more.
  static ByteSource of(byte[] bytes) {
    return new ByteSource() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public void read(long offset, MemorySegment into) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), offset, into, 0, into.byteSize());
      }

      @Override
      public byte[] toBytes() {
        return bytes;
      }
    };
  }
}
