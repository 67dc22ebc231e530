package dev.deed;

import org.jspecify.annotations.Nullable;

/// The session was closed, or there is none to be used.
public final class SessionClosedException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public SessionClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
