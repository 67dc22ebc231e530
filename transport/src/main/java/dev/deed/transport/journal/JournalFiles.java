package dev.deed.transport.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// The directory of a journal, as the journal sees it: what a disk may do to it can be tried by
/// another implementation.
interface JournalFiles extends Closeable {

  /// A file that is written from front to back.
  interface Output extends Closeable {
    /// Appends all bytes of the buffer.
    void write(ByteBuffer bytes) throws IOException;

    /// Returns when all that was written is on the disk.
    void sync() throws IOException;
  }

  /// A file that is read.
  interface Input extends Closeable {
    long size() throws IOException;

    /// Reads at least one byte, or returns -1 at the end.
    int read(long position, ByteBuffer into) throws IOException;
  }

  /// What lies in the directory.
  List<String> names() throws IOException;

  /// A new file; there must be none of that name.
  Output create(String name) throws IOException;

  /// A file that is there.
  Input open(String name) throws IOException;

  /// Gives a file another name, which nothing else has.
  void rename(String from, String to) throws IOException;

  /// Removes a file.
  void delete(String name) throws IOException;

  /// Returns when names that were made, changed and removed are so on the disk.
  void syncNames() throws IOException;

  /// Where it is, for messages.
  String place();
}
