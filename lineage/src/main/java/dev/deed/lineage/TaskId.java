package dev.deed.lineage;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// The 128-bit name of a task, or of a `put`.
///
/// It is derived from the parent's name, the parent's run and the index of the call in it, so that
/// a parent that is executed again gives its children the names that they had (protocol.md §1;
/// Ray's ids are deterministic in the same way). The last 32 of its bits are taken from the
/// parent's name: who knows a name only can tell of most tasks that they have not called it.
public record TaskId(long high, long low) implements Comparable<TaskId> {
  private static final long CALL = 1;
  private static final long PUT = 2;

  /// The name of a job's main program, from the job's 128-bit id.
  public static TaskId root(long jobHigh, long jobLow) {
    return derive(jobHigh, jobLow, 0, 0, 0);
  }

  /// The name of the `index`-th call in run `run` of this task.
  public TaskId call(int run, long index) {
    return derive(high, low, run, index, CALL);
  }

  /// The name of the `index`-th put in run `run` of this task.
  public TaskId put(int run, long index) {
    return derive(high, low, run, index, PUT);
  }

  /// The object that holds this task's `index`-th result; a put's value has index 0.
  public ObjectId result(int index) {
    return new ObjectId(this, index);
  }

  /// Whether this may be the name of what `parent` called or put: true if it is, and of one in 2³²
  /// that are not.
  public boolean mayBeOf(TaskId parent) {
    return (int) low == (int) parent.high;
  }

  private static TaskId derive(long high, long low, int run, long index, long kind) {
    long tail = Mixing.mix(index, ((long) run << 2) | kind);
    long own = Mixing.mix(low, ~high, tail);
    return new TaskId(Mixing.mix(high, low, tail), (own << 32) | (high & 0xffff_ffffL));
  }

  /// Writes 16 bytes.
  public void write(WireWriter out) {
    out.writeFixedLong(high);
    out.writeFixedLong(low);
  }

  /// Reads 16 bytes.
  public static TaskId read(WireReader in) {
    return new TaskId(in.readFixedLong(), in.readFixedLong());
  }

  @Override
  public int compareTo(TaskId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof TaskId(long h, long l) && h == high && l == low);
  }

  @Override
  public int hashCode() {
    return (int) (high ^ (high >>> 32));
  }

  @Override
  public String toString() {
    return String.format("t%016x%016x", high, low);
  }
}
