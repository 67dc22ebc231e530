package dev.deed.transport.value;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.util.Calendar;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Finds the first part of a value that can't be encoded, and the path to it. It is asked after the
/// serializer has failed, since that does not say where. Thread-safe.
final class Inspector {
  private final ClassPolicy policy;

  /// Asks for the JDK classes that the serializer has code of its own for: once, for it needs a
  /// serializer.
  private final Supplier<Set<Class<?>>> source;

  private volatile @Nullable Set<Class<?>> builtIns;

  Inspector(ClassPolicy policy, Supplier<Set<Class<?>>> builtIns) {
    this.policy = policy;
    this.source = builtIns;
  }

  /// A part that can't be encoded.
  ///
  /// @param path such as `Order.customer.socket`
  /// @param type its class
  /// @param reason a clause that begins with "it"
  record Problem(String path, Class<?> type, String reason) {
    /// What happened and what to do, as a sentence.
    String message() {
      return path
          + " ("
          + type.getTypeName()
          + ") can't be sent to another worker: "
          + reason
          + ". Leave it out of the value, make the field transient, or send what it is made of.";
    }
  }

  /// The first problem of `root`, depth first, or nothing.
  Optional<Problem> find(@Nullable Object root) {
    if (root == null) {
      return Optional.empty();
    }
    Walk walk = new Walk();
    return Optional.ofNullable(walk.visit(root, label(root), 0));
  }

  private String label(Object root) {
    Class<?> type = root.getClass();
    if (root instanceof Collection) {
      return "list";
    }
    if (root instanceof Map) {
      return "map";
    }
    if (type.isArray()) {
      return "array";
    }
    return Lambdas.isLambda(type) ? "function" : FunctionNames.of(type);
  }

  /// Why the class alone rules an object out, or null.
  private @Nullable String refusal(Class<?> type) {
    if (policy.allows(type) || isBuiltIn(type)) {
      return null;
    }
    if (Proxy.isProxyClass(type)) {
      return "it is a dynamic proxy";
    }
    if (policy.isApplication(type) && policy.ownSerialization(type)) {
      return "its class has writeObject, readObject or Externalizable, whose streams are not used";
    }
    return "its class is neither of the job's class path nor a value type of the JDK";
  }

  private boolean isBuiltIn(Class<?> type) {
    Set<Class<?>> known = builtIns;
    if (known == null) {
      known = source.get();
      builtIns = known;
    }
    return known.contains(type)
        || EnumSet.class.isAssignableFrom(type)
        || Charset.class.isAssignableFrom(type)
        || ZoneId.class.isAssignableFrom(type)
        || Calendar.class.isAssignableFrom(type)
        || TimeZone.class.isAssignableFrom(type);
  }

  private final class Walk {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    @Nullable Problem visit(@Nullable Object value, String path, int depth) {
      if (value == null) {
        return null;
      }
      Class<?> type = value.getClass();
      if (depth > ForySession.MAX_DEPTH) {
        return new Problem(
            path, type, "it is nested more than " + ForySession.MAX_DEPTH + " objects deep");
      }
      if (policy.isHandle(type) || value instanceof Enum<?> || !seen.add(value)) {
        return null;
      }
      if (Lambdas.isLambda(type)) {
        return value instanceof Serializable
            ? null
            : new Problem(path, type, "it is a lambda whose interface is not Serializable");
      }
      String refusal = refusal(type);
      if (refusal != null) {
        return new Problem(path, type, refusal);
      }
      if (value instanceof Throwable || (type.isArray() && type.componentType().isPrimitive())) {
        return null;
      }
      return visitParts(value, path, depth + 1);
    }

    private @Nullable Problem visitParts(Object value, String path, int depth) {
      return switch (value) {
        case Object[] array -> visitArray(array, path, depth);
        case Collection<?> collection -> visitCollection(collection, path, depth);
        case Map<?, ?> map -> visitMap(map, path, depth);
        case Optional<?> optional -> visit(optional.orElse(null), path + ".value", depth);
        case AtomicReference<?> reference -> visit(reference.get(), path + ".value", depth);
        default -> policy.isApplication(value.getClass()) ? visitFields(value, path, depth) : null;
      };
    }

    private @Nullable Problem visitArray(Object[] array, String path, int depth) {
      for (int i = 0; i < Array.getLength(array); i++) {
        Problem problem = visit(array[i], path + "[" + i + "]", depth);
        if (problem != null) {
          return problem;
        }
      }
      return null;
    }

    private @Nullable Problem visitCollection(Collection<?> elements, String path, int depth) {
      int index = 0;
      for (Object element : elements) {
        Problem problem = visit(element, path + "[" + index + "]", depth);
        if (problem != null) {
          return problem;
        }
        index++;
      }
      return null;
    }

    private @Nullable Problem visitMap(Map<?, ?> map, String path, int depth) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        Problem key = visit(entry.getKey(), path + ".key", depth);
        if (key != null) {
          return key;
        }
        Problem value = visit(entry.getValue(), path + "[" + brief(entry.getKey()) + "]", depth);
        if (value != null) {
          return value;
        }
      }
      return null;
    }

    private String brief(@Nullable Object key) {
      String text =
          key instanceof String || key instanceof Number || key instanceof Enum<?>
              ? key.toString()
              : "…";
      return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }

    private @Nullable Problem visitFields(Object value, String path, int depth) {
      for (Class<?> type = value.getClass();
          type != null && policy.isApplication(type);
          type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          int modifiers = field.getModifiers();
          if (Modifier.isStatic(modifiers)
              || Modifier.isTransient(modifiers)
              || field.getType().isPrimitive()) {
            continue;
          }
          String inner = path + "." + field.getName();
          Problem problem;
          try {
            field.setAccessible(true);
            problem = visit(field.get(value), inner, depth);
          } catch (InaccessibleObjectException | IllegalAccessException e) {
            problem = new Problem(inner, field.getType(), "its class's module is closed to us");
          }
          if (problem != null) {
            return problem;
          }
        }
      }
      return null;
    }
  }
}
