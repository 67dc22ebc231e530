package dev.deed.transport.store;

/// The device, the memory, or the store's own limit has no room for the bytes. What was being
/// written is gone; everything else in the store is as it was.
public final class OutOfSpaceException extends StoreException {
  private static final long serialVersionUID = 1L;

  OutOfSpaceException(String message) {
    super(message);
  }

  OutOfSpaceException(String message, Throwable cause) {
    super(message, cause);
  }
}
