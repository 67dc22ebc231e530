package dev.deed.faultinjection.chaos.processes;

import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// Values that follow from a seed, so that whoever reads one can tell whether it is right.
final class Bytes {
  static final int KIB = 1 << 10;
  static final int MIB = 1 << 20;

  private Bytes() {}

  /// So many bytes drawn from the seed.
  static byte[] of(long seed, int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  /// A checksum.
  static long sum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return sum.getValue() << 24 | (bytes.length & 0xffffff);
  }

  /// The checksum of the bytes of that seed, without any of Deed's help.
  static long sumOf(long seed, int size) {
    return sum(of(seed, size));
  }
}
