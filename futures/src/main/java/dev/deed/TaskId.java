package dev.deed;

/// The 128-bit name of a task: derived from the name of the task that called it and the place of
/// the call in it, so that it is the same when the task is executed again.
public record TaskId(long high, long low) implements Comparable<TaskId> {

  @Override
  public int compareTo(TaskId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  /// `t` and 32 hexadecimal digits.
  @Override
  public String toString() {
    return String.format("t%016x%016x", high, low);
  }
}
