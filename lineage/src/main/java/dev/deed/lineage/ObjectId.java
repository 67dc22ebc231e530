package dev.deed.lineage;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// The name of one value: the task that makes it and the place among that task's results.
///
/// @param task the creating task, or a put's own id
/// @param index 0 for the first result and for a put
public record ObjectId(TaskId task, int index) implements Comparable<ObjectId> {

  /// Writes 17 to 21 bytes.
  public void write(WireWriter out) {
    task.write(out);
    out.writeInt(index);
  }

  /// Reads what [#write] wrote.
  public static ObjectId read(WireReader in) {
    return new ObjectId(TaskId.read(in), in.readInt());
  }

  @Override
  public int compareTo(ObjectId other) {
    int first = task.compareTo(other.task);
    return first != 0 ? first : Integer.compare(index, other.index);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof ObjectId(TaskId t, int i) && i == index && t.equals(task));
  }

  @Override
  public int hashCode() {
    return task.hashCode() * 31 + index;
  }

  @Override
  public String toString() {
    return task + "." + index;
  }
}
