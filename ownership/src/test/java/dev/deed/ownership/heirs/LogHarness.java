package dev.deed.ownership.heirs;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A log over records that are texts, and what it sends, for tests that say who answers what.
final class LogHarness implements RecordSource {
  static final EstateId ESTATE = new EstateId(new WorkerId(1, 1));
  static final WorkerId A = new WorkerId(10, 0);
  static final WorkerId B = new WorkerId(11, 0);
  static final WorkerId C = new WorkerId(12, 0);
  static final long REPEAT_NS = 50;

  final RecordLog log;
  long nowNs = 1_000;
  int writes;
  private final Map<Long, String> records = new TreeMap<>();
  private final Map<WorkerId, List<Part>> sent = new LinkedHashMap<>();
  private long batch;

  /// Parts of `partBytes`, and a window for the records in `windowParts` of them.
  LogHarness(int partBytes, int windowParts) {
    int window = windowParts * (partBytes + Feed.PART_BYTES);
    HeirsConfig config = new HeirsConfig(Mode.ASYNC, 2, 1, partBytes, window, REPEAT_NS, 1 << 20);
    log = new RecordLog(ESTATE, 5, config, this, this::keep, 100);
  }

  private void keep(WorkerId heir, HeirMessage message) {
    sent.computeIfAbsent(heir, _ -> new ArrayList<>()).add((Part) message);
  }

  @Override
  public long[] keys() {
    return records.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public boolean write(long key, WireWriter out) {
    writes++;
    String record = records.get(key);
    if (record == null) {
      return false;
    }
    byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
    out.writeRaw(bytes, 0, bytes.length);
    return true;
  }

  void set(long key, String record) {
    records.put(key, record);
    log.changed(key);
  }

  void remove(long key) {
    records.remove(key);
    log.changed(key);
  }

  /// Cuts; returns the number of the batch.
  long cut() {
    log.cut(++batch, nowNs);
    return batch;
  }

  /// What was sent to the heir since the last call.
  List<Part> sent(WorkerId heir) {
    List<Part> parts = sent.remove(heir);
    return parts == null ? List.of() : parts;
  }

  /// The heir has everything up to the part.
  void acknowledge(WorkerId heir, Part part) {
    log.received(heir, new Received(ESTATE, 5, part.feed(), part.sequence(), false), nowNs);
  }

  void gap(WorkerId heir, long feed, long through) {
    log.received(heir, new Received(ESTATE, 5, feed, through, true), nowNs);
  }

  /// Has heirs become full that hold all that there is.
  void full(WorkerId... heirs) {
    log.follow(List.of(heirs), List.of());
    cut();
    for (WorkerId heir : heirs) {
      for (List<Part> parts = sent(heir); !parts.isEmpty(); parts = sent(heir)) {
        acknowledge(heir, parts.getLast());
      }
    }
    log.follow(List.of(), List.of(heirs));
  }

  static List<String> texts(Part part) {
    return RecordBytes.read(part.records()).stream().map(LogHarness::text).toList();
  }

  private static String text(Beyond.Change change) {
    byte[] record = change.record();
    return change.key()
        + (record == null ? " gone" : "=" + new String(record, StandardCharsets.UTF_8));
  }
}
