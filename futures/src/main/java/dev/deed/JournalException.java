package dev.deed;

import org.jspecify.annotations.Nullable;

/// The journal of a job can't be made, read or written: its disk is full or refuses, its directory
/// is not this user's alone or in use, or it was damaged. The session does nothing further, since
/// nothing that it did would survive it; what it was told as done before is in the journal.
public final class JournalException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public JournalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
