package dev.deed.transport.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Where the bytes of a value lie while it is written: a file, or memory.
sealed interface Medium permits FileMedium, MemoryMedium {

  /// Writes all bytes of the buffer from `position` of the value on. Different threads may write
  /// different places, if the length was known at the beginning.
  void write(long position, ByteBuffer bytes) throws IOException;

  /// A way to read what has been written, also after the value is sealed or given up.
  Reader reader() throws IOException;

  /// Ends the value and makes it a copy that can be read; it is not yet visible under its name.
  Copy finish(StoreKey key, long size, long[] hashes) throws IOException;

  /// Removes the bytes. After [#finish] it does nothing.
  void discard();

  /// Reads the bytes of a value for sending. One thread at a time.
  interface Reader extends AutoCloseable {
    /// Fills the buffer with the bytes from `position` on.
    void read(long position, ByteBuffer into) throws IOException;

    /// Writes some bytes, at least one and at most `count`, to a blocking channel; the system does
    /// not copy them into this process if it need not.
    ///
    /// @return how many
    long send(long position, long count, WritableByteChannel to) throws IOException;

    @Override
    void close() throws IOException;
  }
}
