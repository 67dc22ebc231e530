package dev.deed.lineage;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// The 128-bit name of one process: never used again, not even by a process at the same address.
public record WorkerId(long high, long low) implements Comparable<WorkerId> {

  /// Writes 16 bytes.
  public void write(WireWriter out) {
    out.writeFixedLong(high);
    out.writeFixedLong(low);
  }

  /// Reads 16 bytes.
  public static WorkerId read(WireReader in) {
    return new WorkerId(in.readFixedLong(), in.readFixedLong());
  }

  /// Reads the 32 hexadecimal digits that [#toString] writes after the `w`; throws
  /// [IllegalArgumentException] for anything else.
  public static WorkerId parse(String text) {
    if (text.length() != 33 || text.charAt(0) != 'w') {
      throw new IllegalArgumentException("not a worker id (w and 32 hexadecimal digits): " + text);
    }
    return new WorkerId(
        Long.parseUnsignedLong(text, 1, 17, 16), Long.parseUnsignedLong(text, 17, 33, 16));
  }

  @Override
  public int compareTo(WorkerId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof WorkerId(long h, long l) && h == high && l == low);
  }

  @Override
  public int hashCode() {
    return (int) (high ^ (high >>> 32) ^ low);
  }

  @Override
  public String toString() {
    return String.format("w%016x%016x", high, low);
  }

  /// The first eight hexadecimal digits, for messages to people.
  public String brief() {
    return String.format("w%08x", high >>> 32);
  }
}
