package dev.deed.transport.value;

/// A value, or something inside of it, that has no form as bytes. The message names the path to it,
/// such as `Order.customer.socket (java.net.Socket)`, the reason, and what to do.
public final class NotEncodableException extends CodecException {
  private static final long serialVersionUID = 1L;

  NotEncodableException(String message) {
    super(message);
  }

  NotEncodableException(String message, Throwable cause) {
    super(message, cause);
  }
}
