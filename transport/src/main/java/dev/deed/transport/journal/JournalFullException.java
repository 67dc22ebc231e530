package dev.deed.transport.journal;

/// The disk, the user's quota or the journal's own limit has no room. The journal takes nothing
/// further; what was synced is safe, and can be opened again when there is room.
public final class JournalFullException extends JournalException {
  private static final long serialVersionUID = 1L;

  JournalFullException(String message) {
    super(message);
  }

  JournalFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
