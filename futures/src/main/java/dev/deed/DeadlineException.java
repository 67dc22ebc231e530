package dev.deed;

import org.jspecify.annotations.Nullable;

/// The time is over that a task may take ([Options#timeout()]), or that a wait was given
/// ([Ref#get(java.time.Duration)]).
public final class DeadlineException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public DeadlineException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
