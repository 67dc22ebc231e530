package dev.deed;

import org.jspecify.annotations.Nullable;

/// The task was cancelled, or one that called it was.
public final class TaskCancelledException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public TaskCancelledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
