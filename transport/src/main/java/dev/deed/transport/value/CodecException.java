package dev.deed.transport.value;

/// A value or function that could not be turned into bytes, or back: no fault of the link that
/// carried it, for which there is [dev.deed.lineage.wire.MalformedException].
public abstract sealed class CodecException extends RuntimeException
    permits NotEncodableException, NotDecodableException, CodeMismatchException {
  private static final long serialVersionUID = 1L;

  CodecException(String message) {
    super(message);
  }

  CodecException(String message, Throwable cause) {
    super(message, cause);
  }
}
