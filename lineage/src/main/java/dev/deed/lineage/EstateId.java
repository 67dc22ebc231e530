package dev.deed.lineage;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// The name of an estate: all records of what one worker created, named after that worker, whoever
/// serves it now (protocol.md §1).
public record EstateId(WorkerId creator) {

  /// Writes 16 bytes.
  public void write(WireWriter out) {
    creator.write(out);
  }

  /// Reads 16 bytes.
  public static EstateId read(WireReader in) {
    return new EstateId(WorkerId.read(in));
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof EstateId(WorkerId c) && c.equals(creator));
  }

  @Override
  public int hashCode() {
    return creator.hashCode();
  }

  @Override
  public String toString() {
    return "e" + creator.toString().substring(1);
  }
}
