package dev.deed.ownership.heirs;

import dev.deed.lineage.wire.WireWriter;
import java.util.Arrays;

/// Encodes the records under a sequence of keys, as they are now, and cuts them into parts. A part
/// is longer than the limit only if it is a single record.
/*
 * State. `shown` has every key under which a follower that is not told of a change yet believes a record to
 * be; the marks of the keys say what it said when the change was cut. A key that is neither marked nor has
 * a record came and went: nobody is told of it.
 *
 * The record that did not fit into a part is carried into the next, so that none is encoded twice.
 */
final class PartWriter {
  private final RecordSource source;
  private final int partBytes;
  private final KeySet shown = new KeySet();
  private WireWriter out = new WireWriter(0);
  private WireWriter record = new WireWriter(0);
  private Keys keys = new KeyList();
  private int encoded;
  private int end;
  private boolean gone;
  private boolean carriedGone;

  PartWriter(RecordSource source, int partBytes) {
    this.source = source;
    this.partBytes = partBytes;
  }

  /// Whether somebody may believe that there is a record under the key.
  boolean shows(long key) {
    return shown.contains(key);
  }

  /// Nobody follows any more.
  void forget() {
    shown.clear();
  }

  /// Starts with the first of `keys`, which must stay as they are until the last part.
  void begin(Keys from) {
    keys = from;
    encoded = 0;
    end = 0;
    carriedGone = false;
    out = emptied(out);
  }

  /// The next part. It has all of [#end] keys with the parts before it.
  byte[] next() {
    gone = carriedGone;
    carriedGone = false;
    while (encoded < keys.size()) {
      int before = out.length();
      boolean isGone = encode(encoded++);
      if (before > 0 && out.length() > partBytes) {
        carriedGone = isGone;
        end = encoded - 1;
        byte[] part = Arrays.copyOf(out.array(), before);
        int carried = out.length() - before;
        out.clear();
        out.writeRaw(out.array(), before, carried);
        return part;
      }
      gone |= isGone;
    }
    end = keys.size();
    byte[] part = out.toBytes();
    out.clear();
    return part;
  }

  /// How many keys are in the parts up to the last.
  int end() {
    return end;
  }

  /// Whether no key is left.
  boolean atEnd() {
    return end == keys.size();
  }

  /// Whether the last part says of a key that there is no record any more.
  boolean gone() {
    return gone;
  }

  /// Appends the record, or that it is gone; tells whether the latter.
  private boolean encode(int index) {
    long key = keys.key(index);
    record = emptied(record);
    if (source.write(key, record)) {
      shown.add(key);
      RecordBytes.append(key, record.array(), record.length(), out);
      return false;
    }
    shown.remove(key);
    if (keys.marked(index)) {
      RecordBytes.appendGone(key, out);
      return true;
    }
    return false;
  }

  /// One large record must not keep its room for ever.
  private WireWriter emptied(WireWriter writer) {
    if (writer.array().length > 4L * partBytes + 1024) {
      return new WireWriter(0);
    }
    writer.clear();
    return writer;
  }
}
