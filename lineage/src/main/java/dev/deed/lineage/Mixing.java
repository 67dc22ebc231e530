package dev.deed.lineage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The bit mixing that ids, fingerprints and every drawn choice are derived with: fast, the same on
/// every machine, not secret.
public final class Mixing {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Mixing() {}

  /// Spreads every bit of `value` over the whole result (a bijection of 64-bit numbers).
  public static long mix(long value) {
    long z = value + GOLDEN;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// Joins two numbers into one in which both, and their order, count.
  public static long mix(long first, long second) {
    return mix(mix(first) ^ Long.rotateLeft(second * GOLDEN, 17));
  }

  /// Joins three numbers into one.
  public static long mix(long first, long second, long third) {
    return mix(mix(first, second), third);
  }

  /// Folds bytes into one number.
  public static long mix(byte[] bytes, long seed) {
    long hash = mix(seed, bytes.length);
    int i = 0;
    for (; i + 8 <= bytes.length; i += 8) {
      // A bijection of each word, and of the hash before it: cheaper than to mix, which the end
      // does.
      hash = Long.rotateLeft((hash ^ (long) WORDS.get(bytes, i)) * GOLDEN, 29);
    }
    long tail = 0;
    for (; i < bytes.length; i++) {
      tail = (tail << 8) | (bytes[i] & 0xffL);
    }
    return mix(hash, tail);
  }
}
