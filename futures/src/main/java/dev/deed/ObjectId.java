package dev.deed;

/// The name of one value: the task that makes it (or the name of a `put`), and the place among that
/// task's results.
///
/// @param task the task, or the put
/// @param index 0 for the first or only result
public record ObjectId(TaskId task, int index) implements Comparable<ObjectId> {

  @Override
  public int compareTo(ObjectId other) {
    int first = task.compareTo(other.task);
    return first != 0 ? first : Integer.compare(index, other.index);
  }

  /// The task's name, a dot, and the index.
  @Override
  public String toString() {
    return task + "." + index;
  }
}
