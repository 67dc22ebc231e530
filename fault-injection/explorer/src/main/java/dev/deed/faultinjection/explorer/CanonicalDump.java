package dev.deed.faultinjection.explorer;

import dev.deed.ownership.LongTable;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Writes everything that an object graph holds into a [Digest], so that two graphs have the same
/// digest only when they behave alike.
/*
 * Soundness. The dump is read by reflection, so that a field that a core gains is in it without anybody's
 * doing: what is not known here is told apart exactly. In detail:
 *
 * - Objects with an identity (all but values) are numbered in the order of the visit; a second visit
 *   writes the number. So sharing counts: a record in two tables is another state than two equal records.
 * - Values (records, strings, numbers, enums, arrays of numbers, unmodifiable lists, Optional) are written
 *   by content; what they refer to is written by the same rules.
 * - Collections are written in the order of their iteration, which is their behaviour: for hash maps it is
 *   finer than need be, never coarser. Identity hashes reach no order in the core (ArchitectureTest), so
 *   none does here. A queue of timers is written in the order in which they fall due.
 * - Tables of keys are written as the keys in them, in their order, or in ascending order where they have none.
 * - Lambdas are written as their class and what they captured.
 * - What is left out or written differently is listed in [Lenses], with the reason for each.
 * - An unknown class of the JDK is refused, so that nothing is passed over in silence.
 */
final class CanonicalDump {
  private static final int NULL = 1;
  private static final int BACK = 2;
  private static final int NUMBER = 3;
  private static final int TEXT = 4;
  private static final int LIST = 5;
  private static final int MAP = 6;
  private static final int OBJECT = 7;
  private static final int ARRAY = 8;
  private static final int ENUM = 9;
  private static final int TABLE = 10;

  private final Digest digest = new Digest();
  private final IdentityHashMap<Object, Integer> seen = new IdentityHashMap<>();
  private final ClassShapes shapes;
  private final Lenses lenses;
  private final long nowNs;

  CanonicalDump(ClassShapes shapes, Lenses lenses, long nowNs) {
    this.shapes = shapes;
    this.lenses = lenses;
    this.nowNs = nowNs;
  }

  Digest digest() {
    return digest;
  }

  void number(long number) {
    digest.add(number);
  }

  /// Writes a value of any kind.
  void value(@Nullable Object value) {
    switch (value) {
      case null -> digest.add(NULL);
      case Long l -> scalar(l);
      case Integer i -> scalar(i);
      case Boolean b -> scalar(b ? 1 : 0);
      case Double d -> scalar(Double.doubleToLongBits(d));
      case String s -> text(s);
      case Enum<?> e -> {
        digest.add(ENUM);
        digest.add(shapes.of(e.getDeclaringClass()).number());
        text(e.name());
      }
      case Optional<?> o -> {
        digest.add(LIST);
        value(o.orElse(null));
      }
      case Record r -> fields(r, shapes.of(r.getClass()));
      case long[] numbers -> {
        digest.add(ARRAY);
        digest.add(numbers.length);
        for (long number : numbers) {
          digest.add(number);
        }
      }
      case byte[] bytes -> {
        digest.add(ARRAY);
        digest.add(bytes.length);
        for (byte b : bytes) {
          digest.add(b);
        }
      }
      case Collection<?> c when ClassShapes.unmodifiable(c) -> elements(c);
      default -> identified(value);
    }
  }

  private void scalar(long number) {
    digest.add(NUMBER);
    digest.add(number);
  }

  private void text(String text) {
    digest.add(TEXT);
    digest.add(text.length());
    for (int i = 0; i < text.length(); i++) {
      digest.add(text.charAt(i));
    }
  }

  private void identified(Object object) {
    Integer earlier = seen.putIfAbsent(object, seen.size());
    if (earlier != null) {
      digest.add(BACK);
      digest.add(earlier);
      return;
    }
    switch (object) {
      case PriorityQueue<?> queue -> elements(inOrder(queue));
      case Collection<?> collection -> elements(collection);
      case Map<?, ?> map -> {
        digest.add(MAP);
        digest.add(map.size());
        map.forEach((key, value) -> {
          value(key);
          value(value);
        });
      }
      case LongTable<?> table -> table(table);
      default -> {
        long[] keys = shapes.keys(object);
        if (keys != null) {
          value(keys);
        } else if (object.getClass().isArray()) {
          array(object);
        } else {
          fields(object, shapes.of(object.getClass()));
        }
      }
    }
  }

  private void elements(Collection<?> collection) {
    digest.add(LIST);
    digest.add(collection.size());
    for (Object element : collection) {
      value(element);
    }
  }

  private static <T> List<T> inOrder(PriorityQueue<T> queue) {
    PriorityQueue<T> copy = new PriorityQueue<>(queue);
    List<T> ordered = new ArrayList<>(copy.size());
    T next;
    while ((next = copy.poll()) != null) {
      ordered.add(next);
    }
    return ordered;
  }

  private void array(Object array) {
    int length = Array.getLength(array);
    digest.add(ARRAY);
    digest.add(length);
    for (int i = 0; i < length; i++) {
      value(Array.get(array, i));
    }
  }

  /// A table's places follow from its keys; which of two keys has the place does not matter.
  private void table(LongTable<?> table) {
    digest.add(TABLE);
    digest.add(table.size());
    shapes
        .entries(table)
        .forEach((key, value) -> {
          digest.add(key);
          value(value);
        });
  }

  private void fields(Object object, ClassShapes.Shape shape) {
    digest.add(OBJECT);
    digest.add(shape.number());
    for (ClassShapes.Slot slot : shape.slots()) {
      field(object, slot);
    }
  }

  private void field(Object object, ClassShapes.Slot slot) {
    Field field = slot.field();
    try {
      switch (lenses.of(slot)) {
        case LEFT_OUT -> {}
        case FROM_NOW -> digest.add(field.getLong(object) - nowNs);
        case FROM_NOW_IF_EVER -> {
          long at = field.getLong(object);
          digest.add(at == Long.MAX_VALUE ? at : at - nowNs);
        }
        case AGE -> digest.add(Math.min(nowNs - field.getLong(object), lenses.oldestNs()));
        case AS_IT_IS -> {
          Class<?> type = field.getType();
          if (type == long.class) {
            digest.add(field.getLong(object));
          } else if (type == int.class) {
            digest.add(field.getInt(object));
          } else if (type == boolean.class) {
            digest.add(field.getBoolean(object) ? 1 : 0);
          } else {
            value(field.get(object));
          }
        }
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the dump can't read " + field, e);
    }
  }
}
