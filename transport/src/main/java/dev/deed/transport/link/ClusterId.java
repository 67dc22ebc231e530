package dev.deed.transport.link;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// The 128-bit name of one cluster: workers of another one are refused even if they know the
/// secret.
public record ClusterId(long high, long low) {

  /// Writes 16 bytes.
  public void write(WireWriter out) {
    out.writeFixedLong(high);
    out.writeFixedLong(low);
  }

  /// Reads 16 bytes.
  public static ClusterId read(WireReader in) {
    return new ClusterId(in.readFixedLong(), in.readFixedLong());
  }

  @Override
  public String toString() {
    return String.format("c%016x%016x", high, low);
  }
}
