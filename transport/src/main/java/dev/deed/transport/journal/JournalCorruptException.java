package dev.deed.transport.journal;

/// What had been synced can't be read any more: the journal was damaged after it was written.
public final class JournalCorruptException extends JournalException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  JournalCorruptException(String file, long offset, String what) {
    super(
        "the journal is damaged in %s at byte %d: %s. Bring its directory back from a copy, or begin anew in an empty one"
            .formatted(file, offset, what));
    this.file = file;
    this.offset = offset;
  }

  /// Name of the damaged file in the journal's directory.
  public String file() {
    return file;
  }

  /// Where in the file.
  public long offset() {
    return offset;
  }
}
