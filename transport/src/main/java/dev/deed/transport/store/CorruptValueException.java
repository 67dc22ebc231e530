package dev.deed.transport.store;

/// The bytes of a value are not what was sealed: shortened, renamed or changed. The copy is lost.
public final class CorruptValueException extends StoreException {
  private static final long serialVersionUID = 1L;

  CorruptValueException(String message) {
    super(message);
  }

  CorruptValueException(String message, Throwable cause) {
    super(message, cause);
  }
}
