package dev.deed.ownership.heirs;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.Beyond.Change;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The binary form of records under their keys: the key, the length + 1, the bytes; or the key and
/// 0 where there is no record any more.
final class RecordBytes {
  private RecordBytes() {}

  static void append(long key, byte[] bytes, int count, WireWriter out) {
    out.writeLong(key);
    out.writeLong(count + 1L);
    out.writeRaw(bytes, 0, count);
  }

  static void appendGone(long key, WireWriter out) {
    out.writeLong(key);
    out.writeByte(0);
  }

  /// All changes of a part. Nothing is left over, or it is refused.
  static List<Change> read(byte[] records) {
    WireReader in = new WireReader(records);
    List<Change> changes = new ArrayList<>();
    while (in.remaining() > 0) {
      changes.add(readOne(in));
    }
    return changes;
  }

  static void writeAll(List<Change> changes, WireWriter out) {
    out.writeInt(changes.size());
    for (Change change : changes) {
      byte[] record = change.record();
      if (record == null) {
        appendGone(change.key(), out);
      } else {
        append(change.key(), record, record.length, out);
      }
    }
  }

  static List<Change> readAll(WireReader in) {
    int count = in.readCount(2);
    List<Change> changes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      changes.add(readOne(in));
    }
    return List.copyOf(changes);
  }

  private static Change readOne(WireReader in) {
    long key = in.readLong();
    if (key == 0) {
      throw new MalformedException("a record under key 0: they are positive");
    }
    return new Change(key, readRecord(in));
  }

  private static byte @Nullable [] readRecord(WireReader in) {
    long length = in.readLong() - 1;
    if (length > in.remaining()) {
      throw new MalformedException(
          "a record of " + length + " bytes announced, " + in.remaining() + " left");
    }
    return length < 0 ? null : in.readRaw((int) length);
  }
}
