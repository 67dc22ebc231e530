package dev.deed.lineage;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// What a program passes around before a value exists: the object and the estate that keeps its
/// record. It is no address: the membership log says who serves the estate.
public record Reference(ObjectId object, EstateId estate) implements Comparable<Reference> {
  /// Bytes of the shortest encoded reference.
  private static final int MINIMUM_BYTES = 33;

  /// Most bytes that one takes in a message.
  public static final int MOST_BYTES = 40;

  /// Writes 33 to 37 bytes.
  public void write(WireWriter out) {
    object.write(out);
    estate.write(out);
  }

  /// Reads what [#write] wrote.
  public static Reference read(WireReader in) {
    return new Reference(ObjectId.read(in), EstateId.read(in));
  }

  /// Writes the count and each reference.
  public static void writeAll(List<Reference> references, WireWriter out) {
    out.writeInt(references.size());
    for (Reference reference : references) {
      reference.write(out);
    }
  }

  /// Reads what [#writeAll] wrote.
  public static List<Reference> readAll(WireReader in) {
    int count = in.readCount(MINIMUM_BYTES);
    if (count == 0) {
      return List.of();
    }
    List<Reference> references = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      references.add(read(in));
    }
    return references;
  }

  @Override
  public int compareTo(Reference other) {
    int first = object.compareTo(other.object);
    return first != 0 ? first : estate.creator().compareTo(other.estate.creator());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Reference(ObjectId o, EstateId e)
        && o.equals(object)
        && e.equals(estate);
  }

  @Override
  public int hashCode() {
    return object.hashCode() * 31 + estate.hashCode();
  }

  @Override
  public String toString() {
    return object + "@" + estate.creator().brief();
  }
}
