package dev.deed.transport.value;

import dev.deed.lineage.wire.MalformedException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes an exception of data without running its class's constructors: only those of `Throwable`.
///
/// The JDK's factory of constructors for serialization allocates; it is looked up by name because
/// the compiler warns of each mention, and where it is missing every exception gets a stand-in.
final class ThrowableBuilder {
  private static final @Nullable Object FACTORY;
  private static final @Nullable Method FACTORY_METHOD;

  static {
    Object factory = null;
    Method method = null;
    try {
      Class<?> type = Class.forName("sun.reflect.ReflectionFactory");
      factory = type.getMethod("getReflectionFactory").invoke(null);
      method = type.getMethod("newConstructorForSerialization", Class.class, Constructor.class);
    } catch (ReflectiveOperationException e) {
      factory = null;
    }
    FACTORY = factory;
    FACTORY_METHOD = method;
  }

  private static final ClassValue<Optional<Constructor<?>>> WITH_CAUSE =
      new ClassValue<>() {
        @Override
        protected Optional<Constructor<?>> computeValue(Class<?> type) {
          return allocator(type, String.class, Throwable.class);
        }
      };
  private static final ClassValue<Optional<Constructor<?>>> WITHOUT_CAUSE =
      new ClassValue<>() {
        @Override
        protected Optional<Constructor<?>> computeValue(Class<?> type) {
          return allocator(type, String.class);
        }
      };

  private ThrowableBuilder() {}

  /// One exception without its relations.
  record Data(
      String className,
      @Nullable String message,
      StackTraceElement[] frames,
      List<Assignment> fields) {}

  /// The value of a field that a class of the job declares; `key` is `class.field`.
  record Assignment(String key, Object value) {}

  /// The exception with this cause, or a [RemoteException] in its place.
  static Throwable build(Data data, @Nullable Throwable cause, ClassPolicy policy) {
    Throwable made = original(data, cause, policy);
    if (made == null) {
      made = new RemoteException(data.className, Objects.requireNonNullElse(data.message, ""));
      if (cause != null) {
        made.initCause(cause);
      }
    }
    made.setStackTrace(data.frames);
    return made;
  }

  private static @Nullable Throwable original(
      Data data, @Nullable Throwable cause, ClassPolicy policy) {
    Class<?> type;
    try {
      type = Class.forName(data.className, false, policy.loader());
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
    if (!policy.isThrowable(type) || Modifier.isAbstract(type.getModifiers())) {
      return null;
    }
    Throwable made = assign(allocate(type, data.message, cause), data, policy);
    String message = made == null ? null : message(made);
    if (made == null || Objects.equals(message, data.message)) {
      return made;
    }
    String inner = undecorated(message, data.message);
    Throwable second = inner == null ? null : assign(allocate(type, inner, cause), data, policy);
    if (second != null && Objects.equals(message(second), data.message)) {
      return second;
    }
    return message == null ? null : made;
  }

  /// A class that overrides `getMessage` adds to its message once more what it had added at the
  /// sender; this is the message to which it has to be added once.
  private static @Nullable String undecorated(@Nullable String twice, @Nullable String once) {
    int start = twice == null || once == null ? -1 : twice.indexOf(once);
    if (twice == null || once == null || start < 0) {
      return null;
    }
    String before = twice.substring(0, start);
    String after = twice.substring(start + once.length());
    boolean fits =
        once.startsWith(before)
            && once.endsWith(after)
            && once.length() >= before.length() + after.length();
    return fits ? once.substring(before.length(), once.length() - after.length()) : null;
  }

  private static @Nullable String message(Throwable made) {
    try {
      return made.getMessage();
    } catch (RuntimeException e) {
      // Its code needs a field that could not travel: a stand-in tells more.
      return null;
    }
  }

  private static @Nullable Throwable allocate(
      Class<?> type, @Nullable String message, @Nullable Throwable cause) {
    Optional<Constructor<?>> constructor =
        cause == null ? WITHOUT_CAUSE.get(type) : WITH_CAUSE.get(type);
    if (constructor.isEmpty()) {
      return null;
    }
    try {
      return (Throwable)
          (cause == null
              ? constructor.get().newInstance(message)
              : constructor.get().newInstance(message, cause));
    } catch (ReflectiveOperationException | LinkageError e) {
      // Abstract, closed to us, or its static initialiser fails here.
      return null;
    }
  }

  private static @Nullable Throwable assign(
      @Nullable Throwable made, Data data, ClassPolicy policy) {
    if (made == null || data.fields.isEmpty()) {
      return made;
    }
    List<Field> fields = fields(made.getClass(), policy);
    for (Assignment assignment : data.fields) {
      for (Field field : fields) {
        if (key(field).equals(assignment.key)) {
          try {
            field.set(made, assignment.value);
          } catch (IllegalAccessException | IllegalArgumentException e) {
            throw new MalformedException("field " + key(field) + " of an exception: " + e);
          }
        }
      }
    }
    return made;
  }

  /// The fields that classes of the job declare in an exception's class, made accessible.
  static List<Field> fields(Class<?> type, ClassPolicy policy) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> next = type;
        next != null && policy.isApplication(next);
        next = next.getSuperclass()) {
      for (Field field : next.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !Modifier.isTransient(field.getModifiers())) {
          // A field of a module that is closed to us stays behind, as the API documents.
          if (field.trySetAccessible()) {
            fields.add(field);
          }
        }
      }
    }
    return fields;
  }

  /// How a field is named in the bytes.
  static String key(Field field) {
    return field.getDeclaringClass().getName() + "." + field.getName();
  }

  private static Optional<Constructor<?>> allocator(Class<?> type, Class<?>... parameters) {
    if (FACTORY == null || FACTORY_METHOD == null) {
      return Optional.empty();
    }
    try {
      Constructor<?> base = Throwable.class.getConstructor(parameters);
      return Optional.ofNullable((Constructor<?>) FACTORY_METHOD.invoke(FACTORY, type, base));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
