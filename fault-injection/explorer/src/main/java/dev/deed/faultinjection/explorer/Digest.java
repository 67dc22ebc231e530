package dev.deed.faultinjection.explorer;

/// A 128-bit fingerprint of a sequence of numbers. States are told apart by it: among 10^8 states
/// the chance that any two share one is below 10^-22.
final class Digest {
  private static final long K1 = 0x87c37b91114253d5L;
  private static final long K2 = 0x4cf5ad432745937fL;

  private long high = 0x243f6a8885a308d3L;
  private long low = 0x13198a2e03707344L;
  private long count;

  void add(long value) {
    long k = value * K1;
    high ^= Long.rotateLeft(k, 31) * K2;
    high = (Long.rotateLeft(high, 27) + low) * 5 + 0x52dce729L;
    long l = value * K2;
    low ^= Long.rotateLeft(l, 33) * K1;
    low = (Long.rotateLeft(low, 31) + high) * 5 + 0x38495ab5L;
    count++;
  }

  /// The first half, once all is added.
  long high() {
    return finish(high ^ count) + finish(low + count);
  }

  /// The second half, once all is added.
  long low() {
    return finish(low ^ count) ^ Long.rotateLeft(finish(high + 2 * count), 32);
  }

  private static long finish(long value) {
    long h = value;
    h ^= h >>> 33;
    h *= 0xff51afd7ed558ccdL;
    h ^= h >>> 33;
    h *= 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
