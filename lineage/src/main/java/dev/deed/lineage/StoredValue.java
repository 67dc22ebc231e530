package dev.deed.lineage;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.List;

/// What is known of a value that is too large for a message: the copy's name and size, and the
/// references that stand inside it. The bytes lie in the stores of workers.
///
/// @param edition number of the writing among all that the writer does: what is made again under
///   the name of something that is not there any more has another
/// @param writer the worker that wrote it first; (object, edition, writer) names the bytes
/// @param size length in bytes
/// @param digest checksum of the bytes, to tell a re-execution that made another value
/// @param references the references inside the value
public record StoredValue(
    long edition, WorkerId writer, long size, long digest, List<Reference> references) {

  /// At most so many bytes this description takes in a message that names so many holders.
  public long messageBytes(int holders) {
    return 64L + 16L * holders + (1L + references.size()) * Reference.MOST_BYTES;
  }

  /// Writes all parts.
  public void write(WireWriter out) {
    out.writeLong(edition);
    writer.write(out);
    out.writeLong(size);
    out.writeFixedLong(digest);
    Reference.writeAll(references, out);
  }

  /// Reads what [#write] wrote.
  public static StoredValue read(WireReader in) {
    return new StoredValue(
        in.readLong(), WorkerId.read(in), in.readLong(), in.readFixedLong(), Reference.readAll(in));
  }

  /// Whether both are the same bytes of the same writing.
  public boolean sameCopy(StoredValue other) {
    return edition == other.edition && writer.equals(other.writer);
  }

  /// Whether both are the same value, whoever has written it.
  public boolean sameBytes(StoredValue other) {
    return size == other.size && digest == other.digest && references.equals(other.references);
  }
}
