package dev.deed.ownership;

import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// The name of the bytes of a stored value: no two writings share a name (protocol.md §1).
public record CopyName(Reference reference, long edition, WorkerId writer) {

  /// The name of the bytes that `value` describes.
  public static CopyName of(Reference reference, StoredValue value) {
    return new CopyName(reference, value.edition(), value.writer());
  }

  /// Writes all parts.
  public void write(WireWriter out) {
    reference.write(out);
    out.writeLong(edition);
    writer.write(out);
  }

  /// Reads what [#write] wrote.
  public static CopyName read(WireReader in) {
    return new CopyName(Reference.read(in), in.readLong(), WorkerId.read(in));
  }
}
