package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Mixing;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.Value;
import java.util.List;

/// Values that check themselves: the content of an object follows from its name, so whoever reads
/// it knows whether it is the right one.
final class Values {
  /// Bytes of the smallest value.
  static final int SMALLEST = 16;

  private Values() {}

  /// The digest of the object's value where its task is deterministic.
  static long digest(ObjectId object) {
    return Mixing.mix(object.task().high(), object.task().low(), object.index());
  }

  /// An inline value of `size` bytes with this digest.
  static Value inline(long digest, long size, List<Reference> references) {
    byte[] bytes = new byte[(int) Math.max(SMALLEST, size)];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (digest >>> (8 * i));
    }
    return new Value(Payload.of(bytes), references);
  }

  /// The digest that an inline value carries.
  static long digestOf(Value value) {
    byte[] bytes = value.payload().bytes();
    long digest = 0;
    for (int i = 0; i < 8; i++) {
      digest |= (bytes[i] & 0xffL) << (8 * i);
    }
    return digest;
  }
}
