package dev.deed.transport.journal;

import java.util.HashMap;
import java.util.Map;

/// Which records there are: for each key the cut that set it last. Not thread-safe.
final class Index {
  private record Kept(long cut, int bytes) {}

  private Map<Key, Kept> records = new HashMap<>();
  private long bytes;

  void clear() {
    records = new HashMap<>();
    bytes = 0;
  }

  void set(Key key, long cut, int recordBytes) {
    Kept before = records.put(key, new Kept(cut, recordBytes));
    bytes += size(key, recordBytes) - (before == null ? 0 : size(key, before.bytes));
  }

  void remove(Key key) {
    Kept before = records.remove(key);
    bytes -= before == null ? 0 : size(key, before.bytes);
  }

  /// Whether the record of that key is the one that `cut` set.
  boolean isOf(Key key, long cut) {
    Kept kept = records.get(key);
    return kept != null && kept.cut == cut;
  }

  int size() {
    return records.size();
  }

  /// What keys and records take in a base, before they are compressed.
  long bytes() {
    return bytes;
  }

  private static long size(Key key, int recordBytes) {
    return (long) Change.MOST_HEAD_BYTES + key.bytes().length + recordBytes;
  }
}
