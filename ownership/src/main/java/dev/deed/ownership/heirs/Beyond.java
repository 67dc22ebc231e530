package dev.deed.ownership.heirs;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an heir has beyond the batch that all full heirs are known to hold.
///
/// @param epoch of the server that the heir's image is from; 0 for none
/// @param batch the cut that the image is
/// @param whole whether `changes` are all records of the image, so that any other is gone; else
///   they are those that changed after a batch that every full heir holds
/// @param changes in the order of their keys
public record Beyond(long epoch, long batch, boolean whole, List<Change> changes) {
  /// What an heir without an image has.
  public static final Beyond NONE = new Beyond(0, 0, false, List.of());

  /// A record as it is now.
  ///
  /// @param record its bytes, not to be changed; null when there is none under the key any more
  public record Change(long key, byte @Nullable [] record) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Change(long k, byte @Nullable [] r)
          && k == key
          && Arrays.equals(r, record);
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(key) + Arrays.hashCode(record);
    }

    @Override
    public String toString() {
      return key + (record == null ? " gone" : ": " + record.length + " bytes");
    }
  }

  /// Writes all of it.
  public void write(WireWriter out) {
    out.writeLong(epoch);
    out.writeLong(batch);
    out.writeBoolean(whole);
    RecordBytes.writeAll(changes, out);
  }

  /// Reads what [#write] wrote; throws [dev.deed.lineage.wire.MalformedException] for anything
  /// else.
  public static Beyond read(WireReader in) {
    return new Beyond(in.readLong(), in.readLong(), in.readBoolean(), RecordBytes.readAll(in));
  }
}
