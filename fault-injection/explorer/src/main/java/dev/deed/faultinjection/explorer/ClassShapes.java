package dev.deed.faultinjection.explorer;

import dev.deed.ownership.LongTable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// The fields of each class that a [CanonicalDump] has met, and a number for the class.
final class ClassShapes {
  /// A field, with the name by which [Lenses] knows it.
  record Slot(int number, String name, Field field) {}

  /// A class.
  record Shape(int number, List<Slot> slots) {}

  private static final String OURS = "dev.deed.";
  private static final String KEYS = OURS + "ownership.heirs.Key";

  private final Map<Class<?>, Shape> shapes = new HashMap<>();
  private int slots;

  Shape of(Class<?> type) {
    Shape known = shapes.get(type);
    if (known == null) {
      known = read(type);
      shapes.put(type, known);
    }
    return known;
  }

  /// Slots that were ever given.
  int slots() {
    return slots;
  }

  private Shape read(Class<?> type) {
    if (!type.getName().startsWith(OURS)) {
      throw new IllegalStateException(
          "the dump does not know " + type + ": write down how its content is read");
    }
    List<Slot> all = new ArrayList<>();
    for (Class<?> c = type; c != null && c != Object.class && c != Record.class; c = up(c)) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && c != Enum.class) {
          field.setAccessible(true);
          String owner = c.getName().substring(c.getName().lastIndexOf('.') + 1);
          all.add(new Slot(slots++, owner + "." + field.getName(), field));
        }
      }
    }
    return new Shape(shapes.size(), List.copyOf(all));
  }

  private static @Nullable Class<?> up(Class<?> type) {
    return type.getSuperclass();
  }

  /// Whether the collection is one of those that [List#of] and its like make: a value.
  static boolean unmodifiable(Collection<?> collection) {
    return collection.getClass().getName().startsWith("java.util.ImmutableCollections$");
  }

  /// What a queue or a set of keys holds, with the marks of the first; null for anything else.
  long @Nullable [] keys(Object object) {
    if (!object.getClass().getName().startsWith(KEYS)) {
      return null;
    }
    Map<String, Object> fields = new TreeMap<>();
    try {
      for (Slot slot : of(object.getClass()).slots()) {
        fields.put(slot.name(), slot.field().get(object));
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the dump can't read " + object.getClass(), e);
    }
    if (fields.get("KeySet.places") instanceof long[] places) {
      return LongStream.of(places).filter(key -> key != 0).sorted().toArray();
    }
    if (fields.get("KeyQueue.keys") instanceof long[] keys
        && fields.get("KeyQueue.marks") instanceof boolean[] marks
        && fields.get("KeyQueue.head") instanceof Integer head
        && fields.get("KeyQueue.tail") instanceof Integer tail) {
      return IntStream.range(head, tail).mapToLong(i -> marks[i] ? -keys[i] : keys[i]).toArray();
    }
    if (fields.get("KeyList.keys") instanceof long[] keys
        && fields.get("KeyList.marks") instanceof boolean[] marks
        && fields.get("KeyList.size") instanceof Integer size) {
      return IntStream.range(0, size).mapToLong(i -> marks[i] ? -keys[i] : keys[i]).toArray();
    }
    throw new IllegalStateException(object.getClass() + " has other fields than the dump knows");
  }

  /// What a table holds, in the order of its keys.
  Map<Long, Object> entries(LongTable<?> table) {
    Map<Long, Object> entries = new TreeMap<>();
    try {
      long @Nullable [] keys = null;
      @Nullable Object @Nullable [] values = null;
      for (Slot slot : of(table.getClass()).slots()) {
        switch (slot.field().get(table)) {
          case long[] found -> keys = found;
          case Object[] found -> values = found;
          case Map<?, ?> others ->
              others.forEach((key, value) -> entries.put((Long) key, (Object) value));
          case null, default -> {}
        }
      }
      if (keys == null || values == null) {
        throw new IllegalStateException("LongTable has other fields than the dump knows");
      }
      for (int i = 0; i < keys.length; i++) {
        Object value = values[i];
        if (value != null) {
          entries.put(keys[i], value);
        }
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the dump can't read a LongTable", e);
    }
    return entries;
  }
}
