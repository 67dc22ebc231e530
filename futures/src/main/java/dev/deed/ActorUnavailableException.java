package dev.deed;

import org.jspecify.annotations.Nullable;

/// The actor's worker is out of reach now; the call may have run.
public final class ActorUnavailableException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public ActorUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
