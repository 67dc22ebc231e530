package dev.deed;

import org.jspecify.annotations.Nullable;

/// A worker has other code than the caller, or none: the message tells the class, with both hashes
/// where they differ.
public final class CodeMismatchException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public CodeMismatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
