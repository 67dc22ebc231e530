package dev.deed.transport.journal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/// What a journal costs: run by hand, with a directory that does not exist.
final class JournalBenchmark {
  private static final int RECORDS = 20_000;
  private static final int RECORD_BYTES = 120;

  private JournalBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    for (int round = 0; round < 3; round++) {
      each(directory.resolve("each-" + round), 500);
      line(directory.resolve("line-" + round), SyncPolicy.EACH, 20_000, 64);
      line(directory.resolve("never-" + round), SyncPolicy.NEVER, 100_000, 64);
      open(directory.resolve("never-" + round));
      openLarge(directory.resolve("large-" + round));
    }
  }

  private static byte[] key(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  /// Looks like a record of a task: ids that no two have in common, and much that is alike.
  private static byte[] record(Random random) {
    byte[] record = new byte[RECORD_BYTES];
    Arrays.fill(record, (byte) 3);
    byte[] ids = new byte[48];
    random.nextBytes(ids);
    System.arraycopy(ids, 0, record, 10, ids.length);
    return record;
  }

  private static void cut(Journal journal, Random random, int changes) throws IOException {
    journal.begin();
    for (int i = 0; i < changes; i++) {
      journal.set(key(random.nextInt(RECORDS)), record(random));
    }
    journal.commit();
  }

  private static void each(Path directory, int cuts) throws IOException {
    Random random = new Random(1);
    try (Journal journal =
        Journal.create(directory, JournalModel.ESTATE, JournalConfig.defaults())) {
      long start = System.nanoTime();
      for (int i = 0; i < cuts; i++) {
        cut(journal, random, 4);
        journal.sync();
      }
      tell("a sync for each cut of 4", cuts, 4, System.nanoTime() - start, journal.usedBytes());
    }
  }

  /// At most so many cuts wait to be told as kept, as a window of the record log has it.
  private static void line(Path directory, SyncPolicy policy, int cuts, int window)
      throws Exception {
    Random random = new Random(2);
    Journal journal = Journal.create(directory, JournalModel.ESTATE, JournalConfig.defaults());
    Semaphore room = new Semaphore(window);
    LongAdder written = new LongAdder();
    long start = System.nanoTime();
    try (JournalLine line = new JournalLine(journal, policy, 1 << 20, e -> written.decrement())) {
      for (int i = 0; i < cuts; i++) {
        room.acquire();
        line.submit(600, now -> cut(now, random, 4), room::release);
      }
      room.acquire(window);
      tell(policy + ", window " + window, cuts, 4, System.nanoTime() - start, journal.usedBytes());
    }
  }

  private static void open(Path directory) throws IOException {
    ArrayDeque<byte[]> read = new ArrayDeque<>();
    long start = System.nanoTime();
    try (Journal journal = Journal.open(directory, JournalConfig.defaults())) {
      journal.forEach((_, record) -> read.add(record));
      System.out.printf(
          "opened and read %,d records in %,d ms; base of %.1f bytes a record%n",
          read.size(),
          (System.nanoTime() - start) / 1_000_000,
          (double) journal.usedBytes() / read.size());
    }
  }

  /// Of a journal of many different records: what reading it takes, and what opening it does, which
  /// compacts it.
  private static void openLarge(Path directory) throws IOException {
    Random random = new Random(3);
    int cuts = 2_000;
    try (Journal journal =
        Journal.create(directory, JournalModel.ESTATE, JournalConfig.defaults())) {
      for (int cut = 0; cut < cuts; cut++) {
        journal.begin();
        for (int i = 0; i < 1_000; i++) {
          journal.set(key(cut * 1_000L + i), record(random));
        }
        journal.commit();
      }
    }
    long start = System.nanoTime();
    long startCpu = processorNs();
    try (DiskFiles files = DiskFiles.open(directory, false)) {
      var _ = Scan.of(files, JournalConfig.defaults().recordBytes());
    }
    long scanned = System.nanoTime();
    long scannedCpu = processorNs();
    try (Journal journal = Journal.open(directory, JournalConfig.defaults())) {
      long opened = System.nanoTime();
      System.out.printf(
          "%,d records in %,d MB: read in %,d ms (%,d of processor), opened in %,d ms (%,d)%n",
          journal.size(),
          journal.usedBytes() / 1_000_000,
          (scanned - start) / 1_000_000,
          (scannedCpu - startCpu) / 1_000_000,
          (opened - scanned) / 1_000_000,
          (processorNs() - scannedCpu) / 1_000_000);
    }
  }

  /// Processor time of this thread.
  private static long processorNs() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void tell(String what, int cuts, int changes, long ns, long bytes) {
    System.out.printf(
        "%s: %,.0f cuts/s, %.1f bytes a change on disk%n",
        what, cuts * 1e9 / ns, (double) bytes / cuts / changes);
  }
}
