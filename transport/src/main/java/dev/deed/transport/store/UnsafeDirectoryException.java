package dev.deed.transport.store;

/// A directory of the store can't be trusted: it is a link, is no directory, belongs to another
/// user, or others may write in it.
public final class UnsafeDirectoryException extends StoreException {
  private static final long serialVersionUID = 1L;

  UnsafeDirectoryException(String message) {
    super(message);
  }
}
