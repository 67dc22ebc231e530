package dev.deed.transport.journal;

import dev.deed.transport.store.UnsafeDirectoryException;
import java.io.IOException;

/// Errors of the disk as errors of the journal.
final class Explained {
  private Explained() {}

  /// The error, typed. The system tells a full disk by a text only.
  static IOException of(IOException e, String place) {
    if (e instanceof JournalException || e instanceof UnsafeDirectoryException) {
      return e;
    }
    String text = String.valueOf(e.getMessage());
    if (text.contains("No space left") || text.contains("uota exceeded")) {
      return new JournalFullException(
          "there is no room for the journal in %s: make some, and resume".formatted(place), e);
    }
    return new JournalFailedException(
        "the disk of the journal in %s fails (%s): nothing further is kept there"
            .formatted(place, e),
        e);
  }
}
