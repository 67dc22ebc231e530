package dev.deed.transport.journal;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a journal should hold: its contents at each cut since it was last opened.
final class JournalModel {
  static final EstateId ESTATE = new EstateId(new WorkerId(7, 8));

  private long first;
  private List<Map<String, String>> states = new ArrayList<>(List.of(Map.of()));
  private long safe;

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Contents of a journal.
  static Map<String, String> contents(Journal journal) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    journal.forEach((key, record) -> contents.put(text(key), text(record)));
    return contents;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// A copy of the contents at the last cut.
  Map<String, String> now() {
    return new TreeMap<>(states.getLast());
  }

  /// A cut has begun to be written.
  void cut(Map<String, String> contents) {
    states.add(contents);
  }

  /// All cuts up to this one are safe.
  void safe(long cut) {
    safe = Math.max(safe, cut);
  }

  long last() {
    return first + states.size() - 1;
  }

  /// A journal was opened: it must be at a cut that was, and at none before the last safe one.
  void opened(Journal journal) throws IOException {
    long at = journal.last();
    if (at < safe || at > last()) {
      throw new AssertionError(
          "cut %d was read; %d was safe, %d the last".formatted(at, safe, last()));
    }
    Map<String, String> expected = states.get((int) (at - first));
    Map<String, String> contents = contents(journal);
    if (!contents.equals(expected)) {
      throw new AssertionError("cut %d: %s instead of %s".formatted(at, contents, expected));
    }
    if (journal.size() != expected.size() || journal.synced() != at) {
      throw new AssertionError(journal.size() + " records, synced " + journal.synced());
    }
    states = new ArrayList<>(List.of(expected));
    first = at;
    safe = at;
  }
}
