package dev.deed.transport.journal;

import dev.deed.lineage.wire.WireReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Puts together the changes of a cut from the contents of its frames. Keeps no more than one
/// incomplete change, whose length is limited. Not thread-safe.
final class Changes {
  private static final int USUAL_BYTES = 1 << 12;
  private static final int MOST_KEPT_BYTES = 2 * Frame.CONTENT_BYTES;
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private final int mostRecordBytes;
  private byte[] pending = new byte[USUAL_BYTES];
  private int length;

  Changes(int mostRecordBytes) {
    this.mostRecordBytes = mostRecordBytes;
  }

  /// Forgets an incomplete change.
  void forget() {
    length = 0;
  }

  /// The changes that end in the next frame. Throws [MalformedException] for what no journal wrote.
  List<Change> next(byte[] content) {
    append(content);
    List<Change> changes = new ArrayList<>();
    int from = 0;
    while (from < length) {
      int head = Change.headBytes(pending[from]);
      if (length - from < head) {
        break;
      }
      int size = Change.size(new WireReader(pending, from, head), mostRecordBytes);
      if (length - from < size) {
        break;
      }
      changes.add(Change.read(new WireReader(pending, from, size)));
      from += size;
    }
    length -= from;
    System.arraycopy(pending, from, pending, 0, length);
    if (length == 0 && pending.length > MOST_KEPT_BYTES) {
      pending = new byte[USUAL_BYTES];
    }
    return changes;
  }

  private void append(byte[] content) {
    long needed = (long) length + content.length;
    if (needed > pending.length) {
      // In step with what came, whatever is announced.
      long more = Math.max(needed, 2L * pending.length);
      pending = Arrays.copyOf(pending, (int) Math.min(more, MOST_BYTES));
    }
    System.arraycopy(content, 0, pending, length, content.length);
    length += content.length;
  }
}
