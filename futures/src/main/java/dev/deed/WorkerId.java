package dev.deed;

/// The 128-bit name of one worker process; never used again.
public record WorkerId(long high, long low) implements Comparable<WorkerId> {

  /// Reads what [#toString] wrote; throws [IllegalArgumentException] for anything else.
  public static WorkerId parse(String text) {
    if (text.length() != 33 || text.charAt(0) != 'w') {
      throw new IllegalArgumentException("not a worker id (w and 32 hexadecimal digits): " + text);
    }
    return new WorkerId(
        Long.parseUnsignedLong(text, 1, 17, 16), Long.parseUnsignedLong(text, 17, 33, 16));
  }

  @Override
  public int compareTo(WorkerId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  /// `w` and 32 hexadecimal digits.
  @Override
  public String toString() {
    return String.format("w%016x%016x", high, low);
  }
}
