package dev.deed.transport.value;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Well-formed bytes of a value or function that this process can't make: it lacks the class, has
/// another version of it, or does not allow it.
public final class NotDecodableException extends CodecException {
  private static final long serialVersionUID = 1L;

  /// Binary name of the class that isn't there; null where that is not the reason.
  private final @Nullable String missingClass;

  NotDecodableException(String message) {
    super(message);
    missingClass = null;
  }

  NotDecodableException(String message, Throwable cause) {
    super(message, cause);
    missingClass = null;
  }

  private NotDecodableException(String message, Throwable cause, String missingClass) {
    super(message, cause);
    this.missingClass = missingClass;
  }

  /// Class `name` can be found neither on this process's class path nor in what the job's driver
  /// has sent; `cause` is what the look-up threw.
  static NotDecodableException missing(String name, Throwable cause) {
    String message =
        "class "
            + name
            + " is not on the job's class path here: neither this worker nor the program's class"
            + " path has it";
    return new NotDecodableException(message, cause, name);
  }

  /// Binary name of the class that isn't there, if that is the reason.
  public Optional<String> missingClass() {
    return Optional.ofNullable(missingClass);
  }
}
