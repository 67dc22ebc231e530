package dev.deed.transport.store;

/// The store has been closed, or what was being written has been given up.
public final class StoreClosedException extends StoreException {
  private static final long serialVersionUID = 1L;

  StoreClosedException(String message) {
    super(message);
  }
}
