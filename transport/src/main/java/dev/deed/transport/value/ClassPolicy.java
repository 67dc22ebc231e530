package dev.deed.transport.value;

import dev.deed.lineage.wire.MalformedException;
import java.io.Externalizable;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Which classes may occur in a value: those of the job's class path, and of the JDK only what its
/// value types need. Thread-safe.
///
/// It is asked by *name* on the decoding side, before the class is loaded into the graph; a name is
/// resolved through the job's loader without being initialised.
// Class loaders are compared by identity: a job could bring one whose equals lies.
@SuppressWarnings("ReferenceEquality")
final class ClassPolicy {
  /// Packages of JDK exceptions. They are rebuilt from data, so that none of their own code runs.
  private static final Set<String> THROWABLE_PACKAGES =
      Set.of(
          "java.io",
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.net",
          "java.nio",
          "java.nio.channels",
          "java.nio.charset",
          "java.nio.file",
          "java.security",
          "java.sql",
          "java.text",
          "java.time",
          "java.time.format",
          "java.time.temporal",
          "java.time.zone",
          "java.util",
          "java.util.concurrent",
          "java.util.regex",
          "java.util.zip");

  /// Packages whose types may be the components of an array. Elements are judged one by one.
  private static final Set<String> COMPONENT_PACKAGES =
      Set.of(
          "java.lang",
          "java.math",
          "java.net",
          "java.time",
          "java.time.chrono",
          "java.time.temporal",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.function",
          "java.util.regex");

  /// Libraries of the runtime that share a class path with an embedded job.
  private static final String[] RUNTIME_PACKAGES = {"org.apache.fory.", "org.jgroups."};

  private final ClassLoader loader;
  private final Predicate<Class<?>> handles;
  private final Map<String, Class<?>> handlesByName = new ConcurrentHashMap<>();

  private final ClassValue<Boolean> handleCache =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return handles.test(type);
        }
      };

  /// Judges for the job of `loader`; `handles` tells the API's classes of references.
  ClassPolicy(ClassLoader loader, Predicate<Class<?>> handles) {
    this.loader = loader;
    this.handles = handles;
  }

  ClassLoader loader() {
    return loader;
  }

  boolean isHandle(Class<?> type) {
    return handleCache.get(type);
  }

  /// The class of handles `name`, or an error; found once, as references are captured often.
  Class<?> requireHandle(String name) {
    Class<?> known = handlesByName.get(name);
    if (known != null) {
      return known;
    }
    Class<?> type = require(name);
    if (!isHandle(type)) {
      throw new MalformedException("a reference of class " + name);
    }
    handlesByName.put(name, type);
    return type;
  }

  /// Whether `type` was loaded for the job: by its loader or one of that loader's parents, not by
  /// the JDK.
  boolean isApplication(Class<?> type) {
    ClassLoader own = type.getClassLoader();
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    if (own == null || own == platform || Proxy.isProxyClass(type)) {
      return false;
    }
    for (String runtime : RUNTIME_PACKAGES) {
      if (type.getName().startsWith(runtime)) {
        return false;
      }
    }
    for (ClassLoader next = loader; next != null && next != platform; next = next.getParent()) {
      if (next == own) {
        return true;
      }
    }
    return false;
  }

  /// Whether an object of `type` may be encoded apart from the classes that Fory itself registers.
  boolean allows(Class<?> type) {
    if (type.isArray()) {
      return allowsComponent(innermost(type));
    }
    return isHandle(type)
        || isThrowable(type)
        || isPublicJdkEnum(type)
        || (isApplication(type) && !ownSerialization(type));
  }

  /// As [#allows(Class)], by binary name or array descriptor. A name that can't be resolved is not
  /// allowed.
  boolean allows(String name) {
    try {
      return allows(Class.forName(name, false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /// Whether there is a class of that binary name or array descriptor.
  boolean has(String name) {
    try {
      Class.forName(name, false, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /// Whether `type` is an exception that [ThrowableCodec] handles.
  boolean isThrowable(Class<?> type) {
    return Throwable.class.isAssignableFrom(type)
        && (isApplication(type)
            || (isJdk(type) && THROWABLE_PACKAGES.contains(type.getPackageName())));
  }

  /// The class `name` if it is there and allowed, or a [NotDecodableException].
  Class<?> require(String name) {
    Class<?> type;
    try {
      type = Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw NotDecodableException.missing(name, e);
    }
    if (!allows(type)) {
      throw new NotDecodableException("class " + name + " may not occur in values");
    }
    return type;
  }

  /// Whether a class of the job has serialization code of its own, which would need the JDK's
  /// object streams.
  boolean ownSerialization(Class<?> type) {
    if (Externalizable.class.isAssignableFrom(type)) {
      return true;
    }
    for (Class<?> next = type; next != null && isApplication(next); next = next.getSuperclass()) {
      if (declares(next, "writeObject", "java.io.ObjectOutputStream")
          || declares(next, "readObject", "java.io.ObjectInputStream")) {
        return true;
      }
    }
    return false;
  }

  private boolean allowsComponent(Class<?> component) {
    return component.isPrimitive()
        || allows(component)
        || (isJdk(component) && COMPONENT_PACKAGES.contains(component.getPackageName()))
        || (isApplication(component) && component.isInterface());
  }

  private static Class<?> innermost(Class<?> array) {
    Class<?> type = array;
    while (type.isArray()) {
      type = type.getComponentType();
    }
    return type;
  }

  private static boolean isPublicJdkEnum(Class<?> type) {
    Class<?> declaring = type.isEnum() ? type : type.getSuperclass();
    return declaring != null
        && declaring.isEnum()
        && declaring.accessFlags().contains(AccessFlag.PUBLIC)
        && isJdk(declaring);
  }

  private static boolean isJdk(Class<?> type) {
    ClassLoader own = type.getClassLoader();
    return own == null || own == ClassLoader.getPlatformClassLoader();
  }

  private static boolean declares(Class<?> type, String name, String parameter) {
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(name)
          && method.getParameterCount() == 1
          && method.getParameterTypes()[0].getName().equals(parameter)) {
        return true;
      }
    }
    return false;
  }
}
