package dev.deed.transport.store;

/// How a pull ended.
public sealed interface PullResult {

  /// The value is sealed in the own store.
  record Stored(StoredCopy copy) implements PullResult {}

  /// It is not, and nothing of it remains.
  ///
  /// @param text what happened, for people
  record Failed(Reason reason, String text) implements PullResult {}

  /// Why a value did not come.
  enum Reason {
    /// Every holder said that it does not have it.
    ABSENT,
    /// No holder is left that can be reached and makes progress.
    UNREACHABLE,
    /// What came was not what its checksums promise, from every holder that sent something.
    CORRUPT,
    /// The own store has no room.
    OUT_OF_SPACE,
    /// The own store failed in another way.
    STORE_FAILED,
    /// Nobody wants it any more.
    CANCELLED,
    /// Too many pulls wait, or the client is closed.
    REFUSED
  }
}
