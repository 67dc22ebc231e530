package dev.deed.transport.journal;

/// The disk has refused to read, write or sync, or had refused before: after that nothing is
/// trusted that was not synced by then, and nothing further is taken. Opening the journal again
/// reads what is there.
public final class JournalFailedException extends JournalException {
  private static final long serialVersionUID = 1L;

  JournalFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
