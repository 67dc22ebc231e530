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
}
