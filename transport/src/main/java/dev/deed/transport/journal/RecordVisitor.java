package dev.deed.transport.journal;

import java.io.IOException;

/// Is told of records.
@FunctionalInterface
interface RecordVisitor {
  /// A record, and the cut that set it.
  void record(byte[] key, long cut, byte[] record) throws IOException;
}
