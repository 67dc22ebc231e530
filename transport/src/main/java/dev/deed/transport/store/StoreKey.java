package dev.deed.transport.store;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.Optional;

/// The name of the bytes of a stored value: no two writings share a name (protocol.md §1). A copy
/// at another worker keeps the name.
///
/// @param object the value
/// @param estate the estate that keeps the value's record
/// @param edition number of the writing among those of the writer
/// @param writer the worker that wrote them first
public record StoreKey(ObjectId object, EstateId estate, long edition, WorkerId writer) {

  /// Refuses a negative edition or index.
  public StoreKey {
    if (edition < 0 || object.index() < 0) {
      throw new IllegalArgumentException(
          "edition " + edition + ", index " + object.index() + ": neither can be negative");
    }
  }

  /// Writes 50 to 62 bytes.
  public void write(WireWriter out) {
    object.write(out);
    estate.write(out);
    out.writeLong(edition);
    writer.write(out);
  }

  /// Reads what [#write] wrote; throws [dev.deed.lineage.wire.MalformedException] otherwise.
  public static StoreKey read(WireReader in) {
    return new StoreKey(ObjectId.read(in), EstateId.read(in), in.readLong(), WorkerId.read(in));
  }

  /// The name of the file that holds the bytes: letters, digits, `.` and `-`, at most 134 of them.
  String fileName() {
    return object + "-" + estate + "-" + edition + "-" + writer;
  }

  /// Reads what [#fileName] wrote; empty for any other name.
  static Optional<StoreKey> parse(String fileName) {
    String[] parts = fileName.split("-", -1);
    if (parts.length != 4 || parts[0].length() < 35 || parts[1].length() != 33) {
      return Optional.empty();
    }
    try {
      WorkerId task = WorkerId.parse("w" + parts[0].substring(1, 33));
      StoreKey key =
          new StoreKey(
              new TaskId(task.high(), task.low()).result(Integer.parseInt(parts[0].substring(34))),
              new EstateId(WorkerId.parse("w" + parts[1].substring(1))),
              Long.parseLong(parts[2]),
              WorkerId.parse(parts[3]));
      // Numbers have more than one spelling; a name has one.
      return key.fileName().equals(fileName) ? Optional.of(key) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// A checksum of the whole name, so that a file shows that it was renamed.
  long fingerprint() {
    long object64 = Mixing.mix(object.task().high(), object.task().low(), object.index());
    long estate64 = Mixing.mix(estate.creator().high(), estate.creator().low());
    long writer64 = Mixing.mix(writer.high(), writer.low(), edition);
    return Mixing.mix(object64, estate64, writer64);
  }
}
