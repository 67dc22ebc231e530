package dev.deed;

import org.jspecify.annotations.Nullable;

/// There is no room for a large value: memory and disk for stored values are full of what is still
/// referred to.
public final class OutOfStorageException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public OutOfStorageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
