package dev.deed.transport.store;

import java.lang.foreign.MemorySegment;

/// A sealed value, open for reading. It stays readable until it is closed, even if it is deleted
/// meanwhile. Thread-safe.
public interface Sealed extends AutoCloseable {

  /// What is known of the value.
  StoredCopy about();

  /// Length in bytes.
  default long size() {
    return about().size();
  }

  /// All bytes, read-only, aligned to 64 bytes, valid until [#close()] (afterwards an access throws
  /// [IllegalStateException] once the last reader has closed). An access throws [InternalError] if
  /// somebody cut the file short; [#read] tells it as an error of the value.
  MemorySegment segment();

  /// Fills `into` with the bytes from `offset` on.
  ///
  /// @throws IndexOutOfBoundsException if the value is shorter than that
  /// @throws CorruptValueException if the file was cut short
  void read(long offset, MemorySegment into) throws CorruptValueException;

  /// A copy of all bytes, for values of less than 2 GiB.
  ///
  /// @throws CorruptValueException if the file was cut short
  byte[] toBytes() throws CorruptValueException;

  /// Reads everything and compares it with the checksums.
  ///
  /// @throws CorruptValueException if a byte has changed since the value was sealed
  void verify() throws CorruptValueException;

  /// Ends the reading. A second call does nothing.
  @Override
  void close();
}
