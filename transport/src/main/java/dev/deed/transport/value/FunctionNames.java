package dev.deed.transport.value;

/// Names of functions for people: `Main.fib` for a method reference, `Main.lambda$main at
/// Main.java:12` for a lambda.
final class FunctionNames {
  private FunctionNames() {}

  /// The name of a lambda or method reference; reads the class file for the line.
  static String of(Code code, Class<?> capturing) {
    if (code.isLambdaBody()) {
      String name = simple(code.capturingClass()) + "." + body(code.implementationMethod());
      return ClassFiles.position(
              capturing, code.implementationMethod(), code.implementationDescriptor())
          .map(position -> name + " at " + position)
          .orElse(name);
    }
    String method =
        code.implementationMethod().equals("<init>") ? "new" : code.implementationMethod();
    return simple(code.implementationClass()) + "." + method;
  }

  /// The name of a function that is an object of a named class.
  static String of(Class<?> type) {
    return simple(type.getName());
  }

  /// `lambda$main$c96ce8cf$1`, as javac names a serializable lambda, without hash and counter.
  private static String body(String method) {
    String[] parts = method.split("\\$", -1);
    return parts.length >= 4 ? parts[0] + "$" + parts[1] : method;
  }

  private static String simple(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('.')) + 1);
    return last.replace('$', '.');
  }
}
