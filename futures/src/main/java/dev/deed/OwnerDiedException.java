package dev.deed;

import org.jspecify.annotations.Nullable;

/// The worker that kept the reference's record died, and no heir has it.
public final class OwnerDiedException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public OwnerDiedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
