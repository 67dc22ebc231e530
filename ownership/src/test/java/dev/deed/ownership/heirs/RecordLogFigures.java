package dev.deed.ownership.heirs;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/// What the record log costs, run as a program, asserted nowhere.
///
/// A task comes, changes five times and goes, as in the core: a specification of 100 bytes and a
/// record of 60 under two keys. So many live at a time; each has several batches' time, or goes in
/// the batch in which it came.
final class RecordLogFigures {
  private static final EstateId ESTATE = new EstateId(new WorkerId(1, 1));
  private static final WorkerId HEIR = new WorkerId(2, 2);
  private static final int LIVE = 10_000;
  private static final int TASKS = 2_000_000;
  private static final int CHANGES = 8;
  private static final byte[] SPECIFICATION = new byte[100];
  private static final byte[] PROGRESS = new byte[60];

  private RecordLogFigures() {}

  /// The records of the last `LIVE` tasks, or fewer.
  private static final class Tasks implements RecordSource {
    private long oldest = 1;
    private long next = 1;

    @Override
    public long[] keys() {
      long[] keys = new long[(int) (2 * (next - oldest))];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = 2 * oldest + i;
      }
      return keys;
    }

    @Override
    public boolean write(long key, WireWriter out) {
      if (key < 2 * oldest || key >= 2 * next) {
        return false;
      }
      byte[] record = (key & 1) == 0 ? SPECIFICATION : PROGRESS;
      out.writeRaw(record, 0, record.length);
      return true;
    }
  }

  /// Runs all tasks; the last one's `live` stay. Returns nanoseconds a change, without the heir's.
  private static double run(int followers, int live, int batch, boolean print) {
    Tasks tasks = new Tasks();
    Queue<Part> parts = new ArrayDeque<>();
    EstateImage image = new EstateImage(ESTATE, 256L << 20);
    RecordLog log =
        new RecordLog(
            ESTATE,
            1,
            HeirsConfig.defaults(Mode.ASYNC, 1),
            tasks,
            (_, message) -> parts.add((Part) message));
    if (followers > 0) {
      log.follow(List.of(), List.of(HEIR));
    }
    long heirNs = 0;
    long messages = 0;
    long cut = 0;
    long start = System.nanoTime();
    for (int i = 1; i <= TASKS; i++) {
      long key = 2 * tasks.next++;
      log.changed(key);
      for (int change = 0; change < 5; change++) {
        log.changed(key + 1);
      }
      if (tasks.next - tasks.oldest > live) {
        long old = 2 * tasks.oldest++;
        log.changed(old);
        log.changed(old + 1);
      }
      if (i % batch == 0) {
        log.cut(++cut, cut);
        for (Part part = parts.poll(); part != null; part = parts.poll()) {
          messages++;
          long before = System.nanoTime();
          HeirMessage answer = image.arrived(part);
          heirNs += System.nanoTime() - before;
          if (answer instanceof Received received) {
            log.received(HEIR, received, cut);
          }
        }
      }
    }
    double ns = (System.nanoTime() - start - heirNs) / ((double) CHANGES * TASKS);
    if (print) {
      System.out.printf(
          "%d followers, %5d tasks live, %4d a batch: %5.1f ns and %5.1f bytes a change, %4.1f ns at the"
              + " heir, %.4f messages a task, image %,d bytes%n",
          followers,
          live,
          batch,
          ns,
          (double) log.sentBytes() / ((double) CHANGES * TASKS),
          heirNs / ((double) CHANGES * TASKS),
          (double) messages / TASKS,
          image.bytes());
    }
    return ns;
  }

  /// Takes no arguments.
  public static void main(String[] arguments) {
    for (boolean print : new boolean[] {false, true, true}) {
      run(0, LIVE, 200, print);
      run(1, LIVE, 200, print);
      run(1, 0, 200, print);
      run(1, LIVE, 1, print);
    }
  }
}
