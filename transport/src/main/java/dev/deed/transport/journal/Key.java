package dev.deed.transport.journal;

import java.util.Arrays;

/// A key, compared by its bytes.
@SuppressWarnings("ArrayRecordComponent") // compared by what is in it, below
record Key(byte[] bytes) {
  /// Most bytes of a key.
  static final int MOST_BYTES = 1 << 12;

  @Override
  public boolean equals(Object other) {
    return other instanceof Key(byte[] b) && Arrays.equals(b, bytes);
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
