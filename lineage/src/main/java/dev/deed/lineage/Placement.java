package dev.deed.lineage;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// Where a task should run.
public sealed interface Placement {
  /// Wherever its arguments and free slots are.
  record Anywhere() implements Placement {}

  /// On as many different workers as there are.
  record Spread() implements Placement {}

  /// On this worker and nowhere else.
  record OnWorker(WorkerId worker) implements Placement {}

  /// Where most bytes of these values lie.
  record Near(List<Reference> references) implements Placement {}

  /// Writes the kind and its parts.
  default void write(WireWriter out) {
    switch (this) {
      case Anywhere _ -> out.writeByte(0);
      case Spread _ -> out.writeByte(1);
      case OnWorker(WorkerId worker) -> {
        out.writeByte(2);
        worker.write(out);
      }
      case Near(List<Reference> references) -> {
        out.writeByte(3);
        Reference.writeAll(references, out);
      }
    }
  }

  /// Reads what [#write] wrote.
  static Placement read(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> new Anywhere();
      case 1 -> new Spread();
      case 2 -> new OnWorker(WorkerId.read(in));
      case 3 -> new Near(new ArrayList<>(Reference.readAll(in)));
      default -> throw new MalformedException("a placement of kind " + kind);
    };
  }
}
