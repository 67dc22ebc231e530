package dev.deed.futures.runtime;

/// What is left of the room that the results of one execution have in its reply. Used by the thread
/// that runs it.
final class ReplyRoom {
  private long small;
  private long other;

  /// Room for so many bytes of small values, and again of descriptions and failures.
  ReplyRoom(long inlineTotalBytes) {
    this.small = inlineTotalBytes;
    this.other = inlineTotalBytes;
  }

  /// Takes the room of a small value, if there is enough.
  boolean takeSmall(long bytes) {
    boolean enough = bytes <= small;
    small -= enough ? bytes : 0;
    return enough;
  }

  /// Takes the room of what tells of a result that does not travel itself, if there is enough.
  boolean takeOther(long bytes) {
    boolean enough = bytes <= other;
    other -= enough ? bytes : 0;
    return enough;
  }
}
