package dev.deed.transport.value;

/// A function whose class has other bytes here than at its sender, so that the same name may mean
/// other code.
public final class CodeMismatchException extends CodecException {
  private static final long serialVersionUID = 1L;

  /// Binary name of the class that differs.
  private final String className;

  private final long expected;
  private final long found;

  CodeMismatchException(String className, long expected, long found) {
    super(
        String.format(
            "class %s has other bytes here (hash %016x) than at the sender (hash %016x): run all"
                + " workers with the same class path",
            className, found, expected));
    this.className = className;
    this.expected = expected;
    this.found = found;
  }

  /// Binary name of the class that differs.
  public String className() {
    return className;
  }

  /// The sender's hash of the class file.
  public long expected() {
    return expected;
  }

  /// This process's hash of the class file.
  public long found() {
    return found;
  }
}
