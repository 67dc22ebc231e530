package dev.deed.transport.link;

import java.io.IOException;

/// The address that a worker was told to listen at can't be had; the message is one sentence.
public final class PortUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  PortUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
