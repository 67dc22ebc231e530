package dev.deed;

import org.jspecify.annotations.Nullable;

/// A value, or something that a task captures, can't be encoded; the message names the path to the
/// offending field.
public final class NotSerializableValueException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public NotSerializableValueException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
