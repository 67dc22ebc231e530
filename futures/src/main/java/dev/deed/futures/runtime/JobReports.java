package dev.deed.futures.runtime;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Job;
import java.util.ArrayList;
import java.util.List;

/// The binary form of what a member tells of the cluster's jobs.
final class JobReports {
  /// Longest form, in bytes.
  static final int MAX_BYTES = 4 << 20;

  private JobReports() {}

  /// One job.
  ///
  /// @param driver the last that ran its main
  /// @param driven whether that is a member
  /// @param lost whether nothing is left of it
  record Line(String name, String driver, boolean driven, boolean lost) {}

  static byte[] write(JobBook book) {
    List<Job> jobs = book.all();
    WireWriter out = new WireWriter(64);
    out.writeInt(jobs.size());
    for (Job job : jobs) {
      out.writeString(job.name());
      out.writeString(job.driver().toString());
      out.writeBoolean(book.isDriven(job));
      out.writeBoolean(book.isLost(job));
    }
    return out.toBytes();
  }

  static List<Line> read(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int count = in.readCount(4);
    List<Line> lines = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      lines.add(new Line(in.readString(), in.readString(), in.readBoolean(), in.readBoolean()));
    }
    in.expectEnd();
    return List.copyOf(lines);
  }
}
