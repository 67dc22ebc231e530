package dev.deed.transport.journal;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// What a cut, or a base, says of a record. The contents of the frames of a cut, one behind the
/// other, are a row of these: kind, length of the key (4 bytes), length of the record (4 bytes), in
/// a base also the cut (8 bytes), key, record.
sealed interface Change {
  /// What stands before a key and a record, at most.
  int MOST_HEAD_BYTES = 17;

  int SET = 1;
  int REMOVE = 2;
  int CLEAR = 3;
  int KEPT = 4;

  /// All records before are gone.
  record Clear() implements Change {}

  /// There is this record under the key.
  ///
  /// @param cut the cut that set it; 0 in a log, where it is the cut in which it stands
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Set(Key key, long cut, byte[] record) implements Change {}

  /// There is no record under the key any more.
  record Remove(Key key) implements Change {}

  /// Appends what stands before key and record. The cut is written in a base only.
  static void writeHead(int kind, int keyBytes, int recordBytes, long cut, WireWriter out) {
    out.writeByte(kind);
    out.writeFixedInt(keyBytes);
    out.writeFixedInt(recordBytes);
    if (kind == KEPT) {
      out.writeFixedLong(cut);
    }
  }

  /// How long the head of a change of that kind is.
  static int headBytes(int kind) {
    if (kind < SET || kind > KEPT) {
      throw new MalformedException("a change of kind " + kind);
    }
    return kind == KEPT ? MOST_HEAD_BYTES : MOST_HEAD_BYTES - 8;
  }

  /// Reads a head and gives the length of the whole change. Throws [MalformedException] for lengths
  /// beyond the limits.
  static int size(WireReader in, int mostRecordBytes) {
    int kind = in.readByte();
    int key = in.readFixedInt();
    int record = in.readFixedInt();
    boolean plain = kind == CLEAR ? key == 0 : key >= 0 && key <= Key.MOST_BYTES;
    boolean bare = kind == CLEAR || kind == REMOVE;
    if (!plain || record < 0 || record > (bare ? 0 : mostRecordBytes)) {
      throw new MalformedException("a key of " + key + " bytes, a record of " + record);
    }
    return Math.addExact(headBytes(kind) + key, record);
  }

  /// Reads a whole change, of lengths that [#size] has allowed.
  static Change read(WireReader in) {
    int kind = in.readByte();
    int key = in.readFixedInt();
    int record = in.readFixedInt();
    long cut = kind == KEPT ? in.readFixedLong() : 0;
    return switch (kind) {
      case CLEAR -> new Clear();
      case REMOVE -> new Remove(new Key(in.readRaw(key)));
      default -> new Set(new Key(in.readRaw(key)), cut, in.readRaw(record));
    };
  }
}
