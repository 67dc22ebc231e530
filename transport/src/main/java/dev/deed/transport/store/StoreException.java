package dev.deed.transport.store;

import java.io.IOException;

/// Why a store could not do what it was asked. Other [IOException]s are errors of the device.
public abstract sealed class StoreException extends IOException
    permits OutOfSpaceException,
        CorruptValueException,
        StoreClosedException,
        UnsafeDirectoryException {
  private static final long serialVersionUID = 1L;

  StoreException(String message) {
    super(message);
  }

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
