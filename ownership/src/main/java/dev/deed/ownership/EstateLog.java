package dev.deed.ownership;

import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.RecordLog;
import dev.deed.ownership.heirs.RecordSource;

/// What an estate's heirs are told: its records, each under a key, as they are when a batch ends
/// (protocol.md §3).
///
/// A record has the key 2n + 1, where n is its number; a task has the key 2n besides, for its
/// specification, which changes less often than how far it is.
final class EstateLog implements RecordSource {
  private final LongTable<Logged> records = new LongTable<>();
  private final RecordLog log;

  EstateLog(Estate estate, CoreContext context) {
    log =
        new RecordLog(
            estate.id, estate.epoch, context.config.heirs(), this, context.effects::replicate);
  }

  /// The state of sending.
  RecordLog log() {
    return log;
  }

  /// A record was made.
  void added(Logged record) {
    records.put(record.number(), record);
    changed(record);
    if (record instanceof TaskRecord task) {
      specified(task);
    }
  }

  /// A record is another than before.
  void changed(Logged record) {
    if (log.followed() && record.changesAfter(log.lastCut())) {
      log.changed(key(record));
    }
  }

  /// A task has another specification than before, or none any more.
  void specified(TaskRecord task) {
    if (log.followed() && task.specificationChangesAfter(log.lastCut())) {
      log.changed(2 * task.number());
    }
  }

  /// A record is no more.
  void gone(Logged record) {
    records.remove(record.number());
    changed(record);
    if (record instanceof TaskRecord task) {
      specified(task);
    }
  }

  /// A record has taken the place of an earlier one of its number.
  void replaced(Logged record) {
    records.put(record.number(), record);
    changed(record);
  }

  private static long key(Logged record) {
    return 2 * record.number() + 1;
  }

  @Override
  public long[] keys() {
    long[] keys = new long[2 * records.size()];
    int count = 0;
    for (Logged record : records.inOrder()) {
      if (record instanceof TaskRecord task && task.spec != null) {
        keys[count++] = 2 * record.number();
      }
      keys[count++] = key(record);
    }
    return java.util.Arrays.copyOf(keys, count);
  }

  @Override
  public boolean write(long key, WireWriter out) {
    Logged record = records.get(key >> 1);
    if (record == null) {
      return false;
    }
    if ((key & 1) != 0) {
      EstateRecord.of(record).write(out);
      return true;
    }
    if (record instanceof TaskRecord task && task.spec != null) {
      new EstateRecord.Specification(task.spec).write(out);
      return true;
    }
    return false;
  }

  /// A copy of the records, by their numbers.
  java.util.List<Logged> records() {
    return records.inOrder();
  }
}
