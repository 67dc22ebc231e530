package dev.deed.futures.runtime;

import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.TaskId;
import dev.deed.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A worker's [MemoryReport] as bytes.
final class ReportCodec {
  /// Longest report, in bytes: some 500,000 references.
  static final int MAX_BYTES = 64 << 20;

  private static final int LEAST_ENTRY_BYTES = 60;

  private ReportCodec() {}

  static byte[] write(MemoryReport report) {
    WireWriter out = new WireWriter(1 << 10);
    out.writeLong(report.storedBytes());
    out.writeLong(report.lineageBytes());
    out.writeLong(report.replicatedBytes());
    out.writeInt(report.references().size());
    for (MemoryReport.Entry entry : report.references()) {
      write(entry, out);
    }
    return out.toBytes();
  }

  private static void write(MemoryReport.Entry entry, WireWriter out) {
    TaskId task = entry.id().task();
    out.writeFixedLong(task.high());
    out.writeFixedLong(task.low());
    out.writeInt(entry.id().index());
    write(entry.worker(), out);
    write(entry.owner(), out);
    out.writeString(entry.state());
    out.writeLong(entry.size());
    out.writeInt(entry.causes().size());
    entry.causes().forEach(out::writeString);
    out.writeInt(entry.holders().size());
    entry.holders().forEach(holder -> write(holder, out));
    out.writeString(entry.task());
    out.writeString(entry.site());
  }

  private static void write(WorkerId id, WireWriter out) {
    Ids.worker(id).write(out);
  }

  static MemoryReport read(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    long storedBytes = in.readLong();
    long lineageBytes = in.readLong();
    long replicatedBytes = in.readLong();
    List<MemoryReport.Entry> entries = list(in, LEAST_ENTRY_BYTES, ReportCodec::entry);
    in.expectEnd();
    return new MemoryReport(entries, storedBytes, lineageBytes, replicatedBytes);
  }

  private static MemoryReport.Entry entry(WireReader in) {
    return new MemoryReport.Entry(
        new ObjectId(new TaskId(in.readFixedLong(), in.readFixedLong()), in.readInt()),
        worker(in),
        worker(in),
        in.readString(),
        in.readLong(),
        list(in, 1, WireReader::readString),
        list(in, 16, ReportCodec::worker),
        in.readString(),
        in.readString());
  }

  private static WorkerId worker(WireReader in) {
    return Ids.worker(dev.deed.lineage.WorkerId.read(in));
  }

  private static <T> List<T> list(WireReader in, int leastBytes, Function<WireReader, T> read) {
    int count = in.readCount(leastBytes);
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(read.apply(in));
    }
    return List.copyOf(list);
  }
}
