package dev.deed;

import org.jspecify.annotations.Nullable;

/// The thread was interrupted while it waited for a value. The value is not concerned.
public final class InterruptedGetException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public InterruptedGetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
