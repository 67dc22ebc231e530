package dev.deed.transport.journal;

/// The directory holds no journal, or one where none was expected, or one of another estate or of
/// another format.
public final class JournalMismatchException extends JournalException {
  private static final long serialVersionUID = 1L;

  JournalMismatchException(String message) {
    super(message);
  }
}
