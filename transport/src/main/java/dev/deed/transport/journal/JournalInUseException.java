package dev.deed.transport.journal;

/// Another process, or this one, has the journal open.
public final class JournalInUseException extends JournalException {
  private static final long serialVersionUID = 1L;

  JournalInUseException(String message) {
    super(message);
  }
}
