package dev.deed;

import org.jspecify.annotations.Nullable;

/// The worker that executed the task died, and the task may not be tried again: its retries are
/// used up.
public final class WorkerLostException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public WorkerLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
