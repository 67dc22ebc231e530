package dev.deed;

import org.jspecify.annotations.Nullable;

/// A cluster could not be joined: wrong address, secret or version.
public final class ConnectException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public ConnectException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
