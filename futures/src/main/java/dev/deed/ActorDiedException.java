package dev.deed;

import org.jspecify.annotations.Nullable;

/// The actor is dead and will not restart.
public final class ActorDiedException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public ActorDiedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
