package dev.deed.transport.group;

/// Why the replicated log did not do what it was asked to.
public final class LogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What is known about the request.
  public enum Kind {
    /// No leader is known or it can't be reached: nothing was appended.
    NO_LEADER,
    /// Nothing was heard in time: it may still come true.
    TIMED_OUT,
    /// The leader lost its place meanwhile: it may still come true.
    LEADER_CHANGED,
    /// The entry, or the change of voters, can't be: nothing was done.
    REFUSED,
    /// This voter has been closed: nothing was appended.
    CLOSED
  }

  private final Kind kind;

  /// An error with a sentence for people.
  public LogException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /// An error that another one led to.
  public LogException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// What is known about the request.
  public Kind kind() {
    return kind;
  }
}
