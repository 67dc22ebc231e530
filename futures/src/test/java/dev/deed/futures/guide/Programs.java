package dev.deed.futures.guide;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/// Runs programs one after the other, as `java` would each.
final class Programs {
  private Programs() {}

  /// Runs each of the named classes.
  public static void main(String[] names) throws ReflectiveOperationException {
    for (String name : names) {
      Class<?> program = Class.forName(name);
      for (Method method : program.getDeclaredMethods()) {
        if (method.getName().equals("main")) {
          run(program, method);
        }
      }
    }
  }

  private static void run(Class<?> program, Method main) throws ReflectiveOperationException {
    main.setAccessible(true);
    Object self = null;
    if (!Modifier.isStatic(main.getModifiers())) {
      Constructor<?> constructor = program.getDeclaredConstructor();
      constructor.setAccessible(true);
      self = constructor.newInstance();
    }
    if (main.getParameterCount() == 0) {
      main.invoke(self);
    } else {
      main.invoke(self, (Object) new String[0]);
    }
  }
}
