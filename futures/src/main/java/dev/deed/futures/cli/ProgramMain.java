package dev.deed.futures.cli;

import dev.deed.futures.runtime.ClusterSession;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Starts a user's program in the JVM that `deed run` has made for it, after tying that JVM to its
/// parent. What counts as the program's `main` is as with `java` itself.
public final class ProgramMain {
  /// Exit code of a program whose `deed run` was killed; as for SIGKILL itself.
  private static final int PARENT_GONE = 137;

  private ProgramMain() {}

  /// Runs the program.
  ///
  /// @param arguments the folder of the run, the main class, and the program's own
  public static void main(String[] arguments) throws Throwable {
    Path folder = Path.of(arguments[0]);
    RunFolder.follow(folder, PARENT_GONE);
    CountsFile.follow(folder);
    System.setProperty(ClusterSession.RUN_PROPERTY, "");
    String[] own = Arrays.copyOfRange(arguments, 2, arguments.length);
    Class<?> type = Class.forName(arguments[1], true, ClassLoader.getSystemClassLoader());
    Method main =
        find(type, String[].class)
            .or(() -> find(type))
            .orElseThrow(() -> new NoSuchMethodException(type.getName() + ".main"));
    main.setAccessible(true);
    try {
      main.invoke(
          instance(type, main), main.getParameterCount() == 0 ? new Object[0] : new Object[] {own});
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Object instance(Class<?> type, Method main) throws ReflectiveOperationException {
    if (Modifier.isStatic(main.getModifiers())) {
      return type;
    }
    var constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  private static Optional<Method> find(Class<?> type, Class<?>... parameters) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Method method : at.getDeclaredMethods()) {
        if (method.getName().equals("main")
            && method.getReturnType() == void.class
            && Arrays.equals(method.getParameterTypes(), parameters)
            && !Modifier.isPrivate(method.getModifiers())) {
          return Optional.of(method);
        }
      }
    }
    return Optional.empty();
  }
}
