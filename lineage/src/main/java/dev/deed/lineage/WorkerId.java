package dev.deed.lineage;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The 128-bit name of one process: never used again, not even by a process at the same address.
public record WorkerId(long high, long low) implements Comparable<WorkerId> {

  /// Writes 16 bytes.
  public void write(WireWriter out) {
    out.writeFixedLong(high);
    out.writeFixedLong(low);
  }

  /// Appends the number of workers and each of them.
  public static void writeAll(List<WorkerId> workers, WireWriter out) {
    out.writeInt(workers.size());
    for (WorkerId worker : workers) {
      worker.write(out);
    }
  }

  /// Reads what [#writeAll] wrote.
  public static List<WorkerId> readAll(WireReader in) {
    int count = in.readCount(16);
    List<WorkerId> workers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      workers.add(read(in));
    }
    return workers;
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
        HexFormat.fromHexDigitsToLong(text, 1, 17), HexFormat.fromHexDigitsToLong(text, 17, 33));
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
