package dev.deed.lineage;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.Arrays;
import java.util.List;

/// A value small enough to travel in a message, with the references that stand inside it.
public record Value(Payload payload, List<Reference> references) {

  /// Bytes of the payload.
  public int size() {
    return payload.size();
  }

  /// At most so many bytes it takes in a message, with the reference that it stands for.
  public long messageBytes() {
    return size() + 8L + (1L + references.size()) * Reference.MOST_BYTES;
  }

  /// Whether both are the same bytes and references, whether they have been encoded or not.
  public boolean sameAs(Value other) {
    return references.equals(other.references)
        && Arrays.equals(payload.bytes(), other.payload.bytes());
  }

  /// Writes the payload and the references.
  public void write(WireWriter out) {
    out.writeBytes(payload.bytes());
    Reference.writeAll(references, out);
  }

  /// Reads what [#write] wrote.
  public static Value read(WireReader in) {
    return new Value(Payload.of(in.readBytes()), Reference.readAll(in));
  }
}
