package dev.deed.ownership.heirs;

/// How an estate is kept by heirs.
///
/// @param mode what is promised when the estate's server dies
/// @param count how many heirs are wanted
/// @param batchNs how long changes are gathered before they are cut
/// @param partBytes about how many bytes of records go into one message
/// @param windowBytes how much a follower may have unacknowledged
/// @param repeatNs after how long without an answer parts are sent again
/// @param imageBytes how much an heir takes in for one estate
public record HeirsConfig(
    Mode mode,
    int count,
    long batchNs,
    int partBytes,
    int windowBytes,
    long repeatNs,
    long imageBytes) {

  /// What is promised when an estate's server dies (protocol.md §3).
  public enum Mode {
    /// The estate is closed.
    NONE,
    /// What a full heir holds survives.
    ASYNC,
    /// Nothing leaves the server before all full heirs hold what it follows from.
    SYNC
  }

  /// No heirs.
  public static final HeirsConfig NONE = defaults(Mode.NONE, 0);

  /// Refuses negative counts, and sizes and times of nothing.
  public HeirsConfig {
    if (count < 0 || batchNs < 0 || partBytes < 1 || windowBytes < 1 || repeatNs < 1) {
      throw new IllegalArgumentException(
          "count %d, batch %d ns, part %d bytes, window %d bytes, repeat %d ns"
              .formatted(count, batchNs, partBytes, windowBytes, repeatNs));
    }
    if (imageBytes < 0) {
      throw new IllegalArgumentException("image of " + imageBytes + " bytes");
    }
  }

  /// Batches of 1 ms, parts of 64 KiB, a window of 1 MiB, repeats after 50 ms, images of 256 MiB.
  public static HeirsConfig defaults(Mode mode, int count) {
    return new HeirsConfig(mode, count, 1_000_000, 64 << 10, 1 << 20, 50_000_000, 256L << 20);
  }
}
