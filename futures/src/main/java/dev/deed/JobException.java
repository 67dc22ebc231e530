package dev.deed;

import org.jspecify.annotations.Nullable;

/// A job can't be begun or resumed as it was asked for: its name is taken, its driver lives, or it
/// is not there. The message tells which, and what to do.
public final class JobException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public JobException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
