package dev.deed.lineage.wire;

/// Bytes that are not what their reader was promised: too short, too long, or of an unknown kind.
///
/// Whoever reads from a peer closes the connection and counts it; nothing has been changed by then.
public final class MalformedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Says what was read and what is wrong with it.
  public MalformedException(String message) {
    super(message);
  }
}
