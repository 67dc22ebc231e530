package dev.deed.transport.value;

import org.jspecify.annotations.Nullable;

/// Rules about what a lambda may capture, and the messages that tell of it.
final class Captures {
  private Captures() {}

  /// Refuses a captured `this`, unless it is a record or an enum constant, which are values.
  static void check(Code code, @Nullable Object[] captures) {
    if (captures.length == 0 || !code.mayHaveReceiver()) {
      return;
    }
    Object receiver = captures[0];
    if (receiver == null
        || receiver instanceof Record
        || receiver instanceof Enum<?>
        || !isEnclosing(code, receiver.getClass())) {
      return;
    }
    throw new NotEncodableException(enclosing(receiver.getClass()));
  }

  /// The message for captured value `index`, which failed for `cause`.
  static NotEncodableException failure(
      Code code, int index, @Nullable Object value, String detail, Throwable cause) {
    Class<?> type = value == null ? Void.class : value.getClass();
    String message =
        index == 0 && code.mayHaveReceiver() && isEnclosing(code, type)
            ? enclosing(type)
            : "captured argument "
                + (index + 1)
                + " of the function, of type "
                + type.getTypeName()
                + ", can't be sent: "
                + detail;
    return new NotEncodableException(message, cause);
  }

  private static String enclosing(Class<?> type) {
    return "captured argument 1 is `this` ("
        + type.getTypeName()
        + "): the lambda uses a field or method of its enclosing object "
        + FunctionNames.of(type)
        + ": copy what it needs into a local variable";
  }

  private static boolean isEnclosing(Code code, Class<?> receiver) {
    String capturing = code.capturingClass().replace('/', '.');
    for (Class<?> next = receiver; next != null; next = next.getSuperclass()) {
      if (next.getName().equals(capturing)) {
        return true;
      }
    }
    // A lambda in a default method of an interface.
    return code.isLambdaBody();
  }
}
