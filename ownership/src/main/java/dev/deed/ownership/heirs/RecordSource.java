package dev.deed.ownership.heirs;

import dev.deed.lineage.wire.WireWriter;

/// The records of one estate, by key. A key is positive; one that was removed may come back.
public interface RecordSource {

  /// The keys of all records that there are now, each once.
  long[] keys();

  /// Appends the record under `key` as it is now; false, and nothing appended, when there is none.
  boolean write(long key, WireWriter out);
}
