package dev.deed.transport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.transport.store.Neighbours.Neighbour;
import dev.deed.transport.store.PullResult.Stored;
import dev.deed.transport.store.TransferCounters.Count;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// How fast bytes move, beside what the memory allows in the same run. Prints figures; asserts only
/// what holds on any machine.
class TransferThroughputTest {
  private static final long SIZE = 200L << 20;
  private static final int ROUNDS = 4;

  @TempDir(cleanup = CleanupMode.ALWAYS)
  Path scratch;

  private interface Work {
    void run() throws Exception;
  }

  /// The best of some rounds, in GB/s.
  private static double best(String name, Work work, Work after) throws Exception {
    long bestNs = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      work.run();
      bestNs = Math.min(bestNs, System.nanoTime() - start);
      after.run();
    }
    double speed = (double) SIZE / bestNs;
    System.out.printf(Locale.ROOT, "%-28s %6.2f GB/s%n", name, speed);
    return speed;
  }

  @Test
  void twoHundredMebibytes() throws Exception {
    Path shared = Path.of("/dev/shm");
    Path base =
        Files.isWritable(shared) ? Files.createTempDirectory(shared, "deed-throughput") : scratch;
    try (Arena arena = Arena.ofShared();
        Neighbours net = new Neighbours()) {
      MemorySegment bytes = arena.allocate(SIZE, 64);
      MemorySegment other = arena.allocate(SIZE, 64);
      for (long i = 0; i < SIZE; i += 8) {
        bytes.set(java.lang.foreign.ValueLayout.JAVA_LONG, i, i * 0x9e3779b97f4a7c15L);
      }
      double limit = best("limit.memcpy", () -> other.copyFrom(bytes), () -> {});
      best("digest", () -> BlockHash.digest(bytes), () -> {});
      FileStore here = new FileStore(base.resolve("r"), "a", Samples.worker(1), 1 << 30);
      FileStore there = new FileStore(base.resolve("r"), "b", Samples.worker(2), 1 << 30);
      Neighbour holder = net.add(1, here, TransferConfig.defaults());
      Neighbour taker = net.add(2, there, TransferConfig.defaults());
      best("store: write and seal", () -> write(here, bytes), () -> here.delete(Samples.key(1)));
      write(here, bytes);
      StoredCopy copy = here.about(Samples.key(1)).orElseThrow();
      best("store: verify mapped", () -> verify(here), () -> {});
      double transfer =
          best("transfer over loopback", () -> pull(holder, taker, copy), () -> delete(taker));
      System.out.printf(Locale.ROOT, "transfer / memcpy %.3f%n", transfer / limit);
      assertThat(holder.server.counters().get(Count.CHUNKS_COMPRESSED)).isZero();
      assertThat(transfer).isGreaterThan(limit / 200);
    } finally {
      Files.deleteIfExists(base);
    }
  }

  private static void write(FileStore store, MemorySegment bytes) throws IOException {
    try (Writing writing = store.create(Samples.key(1), OptionalLong.of(SIZE))) {
      writing.append(bytes);
      writing.seal();
    }
  }

  private static void verify(FileStore store) throws IOException {
    try (Sealed value = store.open(Samples.key(1)).orElseThrow()) {
      value.verify();
    }
  }

  private static void pull(Neighbour from, Neighbour to, StoredCopy copy) throws Exception {
    assertThat(
            to.client
                .pull(copy.key(), copy.size(), copy.digest(), List.of(from.id))
                .get(60, TimeUnit.SECONDS))
        .isEqualTo(new Stored(copy));
  }

  private static void delete(Neighbour at) throws IOException {
    assertThat(at.store.delete(Samples.key(1))).isTrue();
  }
}
