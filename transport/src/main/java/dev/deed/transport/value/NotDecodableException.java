package dev.deed.transport.value;

/// Well-formed bytes of a value or function that this process can't make: it lacks the class, has
/// another version of it, or does not allow it.
public final class NotDecodableException extends CodecException {
  private static final long serialVersionUID = 1L;

  NotDecodableException(String message) {
    super(message);
  }

  NotDecodableException(String message, Throwable cause) {
    super(message, cause);
  }
}
