package dev.deed.transport.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A value that is being written, from its first byte to its last. Nobody sees it before it is
/// sealed. One thread at a time.
///
/// A thread that is interrupted while it writes to a file loses the writing
/// ([java.nio.channels.ClosedByInterruptException]).
public interface Writing extends AutoCloseable {

  /// The name that the value will have.
  StoreKey key();

  /// Number of bytes appended.
  long length();

  /// Appends the whole array. Pieces of 64 KiB or more are best: nothing is gathered.
  ///
  /// @throws OutOfSpaceException if there is no room; the writing is then over
  default void append(byte[] bytes) throws IOException {
    append(MemorySegment.ofArray(bytes));
  }

  /// Appends all bytes of a segment, of any kind of memory.
  ///
  /// @throws OutOfSpaceException if there is no room; the writing is then over
  void append(MemorySegment bytes) throws IOException;

  /// Ends the value: from now on it can be opened under its name. If the name has been sealed
  /// before, the first value stays, and is returned.
  ///
  /// @throws IOException if the announced size was not met, or the device failed; the writing is
  ///   over
  StoredCopy seal() throws IOException;

  /// Gives up; nothing remains. After [#seal()] it does nothing.
  void abort();

  /// The same as [#abort()].
  @Override
  default void close() {
    abort();
  }
}
