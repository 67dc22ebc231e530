package dev.deed.transport.store;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.Random;

/// Names and values for tests.
final class Samples {
  private Samples() {}

  static WorkerId worker(int number) {
    return new WorkerId(0x1000L + number, ~(long) number);
  }

  static StoreKey key(int number) {
    return new StoreKey(
        new TaskId(0xfeedL << 48 | number, number * 31L).result(number % 7),
        new EstateId(worker(number % 3)),
        (long) (number % 5) << (number % 2 * 40),
        worker(number % 4));
  }

  static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /// Bytes that zstd makes much shorter.
  static byte[] text(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ("the owner of a value keeps its record. ".charAt(i % 39) + i / 977 % 3);
    }
    return bytes;
  }

  static StoredCopy put(ObjectStore store, StoreKey key, byte[] bytes) throws IOException {
    try (Writing writing = store.create(key, OptionalLong.of(bytes.length))) {
      writing.append(bytes);
      return writing.seal();
    }
  }

  static byte[] read(ObjectStore store, StoreKey key) throws IOException {
    try (Sealed value = store.open(key).orElseThrow()) {
      value.verify();
      return value.toBytes();
    }
  }

  static long digest(byte[] bytes) {
    return BlockHash.digest(MemorySegment.ofArray(bytes));
  }
}
