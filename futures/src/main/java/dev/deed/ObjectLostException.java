package dev.deed;

import org.jspecify.annotations.Nullable;

/// All copies of a value are gone, and it can't be made again.
public final class ObjectLostException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Why a lost value can't be made again.
  public enum Reason {
    /// Its task may not be repeated.
    NO_LINEAGE,
    /// How it is made was forgotten to keep within the lineage budget.
    LINEAGE_EVICTED,
    /// Its task was repeated as often as it may be.
    RETRIES_EXHAUSTED,
    /// It was put, not made by a task.
    PUT,
    /// An argument of its task is lost for one of these reasons.
    UPSTREAM_LOST
  }

  /// Why.
  private final Reason reason;

  /// Made by the runtime; `cause` is what led to it, or null.
  public ObjectLostException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// Why the value can't be made again.
  public Reason reason() {
    return reason;
  }
}
