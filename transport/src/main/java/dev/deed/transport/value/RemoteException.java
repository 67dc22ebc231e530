package dev.deed.transport.value;

/// Stands in for an exception whose class can't be had here: it keeps the original's class name,
/// message, stack trace, cause and suppressed exceptions.
public final class RemoteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Binary name of the original's class.
  private final String originalClass;

  RemoteException(String originalClass, String message) {
    super(message.isEmpty() ? originalClass : originalClass + ": " + message);
    this.originalClass = originalClass;
  }

  /// Binary name of the original's class.
  public String originalClass() {
    return originalClass;
  }
}
