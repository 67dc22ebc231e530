package dev.deed.transport.value;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells the values that nobody can change, so that tasks of one process may share them without a
/// copy: strings, boxed values, enums, `java.time`, handles of references, and records, `Optional`s
/// and the JDK's unmodifiable collections (`List.of` and its kin) of such. Arrays are not among
/// them, nor are views such as `Collections.unmodifiableList`. Thread-safe; what is known of a
/// class is found once.
public final class Immutability {
  /// Deepest nesting that is looked into; what lies deeper counts as mutable.
  private static final int MAX_DEPTH = 64;

  private static final Set<Class<?>> VALUES =
      Set.of(
          String.class,
          Boolean.class,
          Byte.class,
          Short.class,
          Character.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          BigInteger.class,
          BigDecimal.class,
          UUID.class,
          URI.class,
          Locale.class,
          Currency.class,
          Pattern.class,
          OptionalInt.class,
          OptionalLong.class,
          OptionalDouble.class);

  private final ClassPolicy policy;

  private final ClassValue<Kind> kinds =
      new ClassValue<>() {
        @Override
        protected Kind computeValue(Class<?> type) {
          return kind(type);
        }
      };

  Immutability(ClassPolicy policy) {
    this.policy = policy;
  }

  /// What a class says about its objects.
  private sealed interface Kind {
    /// All objects are immutable.
    record Always() implements Kind {}

    /// No object is known to be.
    record Never() implements Kind {}

    /// Those are whose elements are.
    record Container() implements Kind {}

    /// Those are in which these fields' values are.
    record Parts(List<Field> fields) implements Kind {}
  }

  /// Whether every object of exactly this class is deeply immutable.
  public boolean isDeeplyImmutable(Class<?> type) {
    return type.isPrimitive() || kinds.get(type) instanceof Kind.Always;
  }

  /// Whether this object and all that can be reached from it are immutable.
  public boolean isDeeplyImmutable(@Nullable Object value) {
    return check(value, 0);
  }

  private boolean check(@Nullable Object value, int depth) {
    if (value == null) {
      return true;
    }
    return switch (kinds.get(value.getClass())) {
      case Kind.Always _ -> true;
      case Kind.Never _ -> false;
      case Kind.Container _ -> depth < MAX_DEPTH && checkElements(value, depth + 1);
      case Kind.Parts(List<Field> fields) -> depth < MAX_DEPTH && checkFields(value, fields, depth);
    };
  }

  private boolean checkElements(Object container, int depth) {
    return switch (container) {
      case Collection<?> elements -> {
        for (Object element : elements) {
          if (!check(element, depth)) {
            yield false;
          }
        }
        yield true;
      }
      case Map<?, ?> map -> {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (!check(entry.getKey(), depth) || !check(entry.getValue(), depth)) {
            yield false;
          }
        }
        yield true;
      }
      case Optional<?> optional -> check(optional.orElse(null), depth);
      default -> false;
    };
  }

  private boolean checkFields(Object value, List<Field> fields, int depth) {
    for (Field field : fields) {
      try {
        if (!check(field.get(value), depth + 1)) {
          return false;
        }
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("a field that was made accessible: " + field, e);
      }
    }
    return true;
  }

  private Kind kind(Class<?> type) {
    if (VALUES.contains(type)
        || policy.isHandle(type)
        || Enum.class.isAssignableFrom(type)
        || (type.getPackageName().equals("java.time") && Modifier.isFinal(type.getModifiers()))) {
      return new Kind.Always();
    }
    if (type == Optional.class || type.getName().startsWith("java.util.ImmutableCollections$")) {
      return new Kind.Container();
    }
    return type.isRecord() ? recordKind(type) : new Kind.Never();
  }

  private Kind recordKind(Class<?> type) {
    List<Field> open = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Class<?> declared = component.getType();
      if (declared.isPrimitive() || isFinalValue(declared)) {
        continue;
      }
      if (declared.isArray()) {
        return new Kind.Never();
      }
      try {
        Field field = type.getDeclaredField(component.getName());
        field.setAccessible(true);
        open.add(field);
      } catch (NoSuchFieldException | InaccessibleObjectException e) {
        // A record that can't be looked into is copied.
        return new Kind.Never();
      }
    }
    return open.isEmpty() ? new Kind.Always() : new Kind.Parts(List.copyOf(open));
  }

  /// Whether a component of this declared type can hold immutable objects only.
  private boolean isFinalValue(Class<?> declared) {
    return Modifier.isFinal(declared.getModifiers())
        && !declared.isArray()
        && !declared.isRecord()
        && kind(declared) instanceof Kind.Always;
  }
}
