package dev.deed.transport.journal;

import java.io.IOException;

/// Why a journal can't do what it was asked. The message says what to do.
public abstract sealed class JournalException extends IOException
    permits JournalCorruptException,
        JournalFailedException,
        JournalFullException,
        JournalInUseException,
        JournalMismatchException {
  private static final long serialVersionUID = 1L;

  JournalException(String message) {
    super(message);
  }

  JournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
