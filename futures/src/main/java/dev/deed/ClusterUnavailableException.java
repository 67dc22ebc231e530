package dev.deed;

import org.jspecify.annotations.Nullable;

/// This worker can't act for the cluster now: no majority, no lease, or declared dead by the
/// others.
public final class ClusterUnavailableException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public ClusterUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
