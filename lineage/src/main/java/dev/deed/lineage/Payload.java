package dev.deed.lineage;

import java.util.Arrays;

/// Content that the protocol carries without looking into it: a value, a function with what it
/// captured, an exception. Immutable.
///
/// In one process it may stay a live object that is encoded only when it has to leave.
public interface Payload {

  /// Bytes that it counts for in budgets and limits: the encoded length, or a fair upper estimate
  /// as long as it has not been encoded.
  int size();

  /// The encoded form; not to be changed.
  byte[] bytes();

  /// A payload of encoded bytes, which are not copied.
  static Payload of(byte[] bytes) {
    return new Encoded(bytes);
  }

  /// Bytes as they came from the wire; equal when the bytes are.
  record Encoded(byte[] bytes) implements Payload {
    @Override
    public int size() {
      return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Encoded(byte[] others) && Arrays.equals(bytes, others);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return bytes.length + " bytes";
    }
  }
}
