package dev.deed.futures.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A map from numbers that are given in sequence, from 1, to objects. Not thread-safe.
///
/// A number's place is its remainder by the capacity, so that what was given together lies together
/// and nothing is searched for. The few numbers that live so long that a later one comes to their
/// place make that later one go to a hash map.
final class LongTable<V> {
  private static final int SMALLEST = 64;

  private long[] keys = new long[SMALLEST];
  private @Nullable Object[] values = new @Nullable Object[SMALLEST];
  private final Map<Long, V> others = new HashMap<>();
  private int placed;

  int size() {
    return placed + others.size();
  }

  void put(long key, V value) {
    if (key <= 0) {
      throw new IllegalArgumentException("a key is positive: " + key);
    }
    if (2 * placed >= keys.length) {
      resize(4 * keys.length);
    }
    int place = place(key);
    if (keys[place] == key) {
      values[place] = value;
    } else if (keys[place] == 0 && !others.containsKey(key)) {
      occupy(place, key, value);
    } else {
      others.put(key, value);
    }
  }

  @Nullable V get(long key) {
    int place = place(key);
    return keys[place] == key ? valueAt(place) : others.get(key);
  }

  @Nullable V remove(long key) {
    int place = place(key);
    if (keys[place] != key) {
      return others.isEmpty() ? null : others.remove(key);
    }
    V value = valueAt(place);
    keys[place] = 0;
    values[place] = null;
    if (--placed * 16 < keys.length && keys.length > SMALLEST) {
      resize(keys.length / 4);
    }
    return value;
  }

  /// Takes everything out, in no particular order.
  void drain(Consumer<V> consumer) {
    if (size() == 0) {
      return;
    }
    @Nullable Object[] taken = values;
    Map<Long, V> rest = Map.copyOf(others);
    keys = new long[SMALLEST];
    values = new @Nullable Object[SMALLEST];
    placed = 0;
    others.clear();
    for (Object value : taken) {
      if (value != null) {
        @SuppressWarnings("unchecked")
        V typed = (V) value;
        consumer.accept(typed);
      }
    }
    rest.values().forEach(consumer);
  }

  private int place(long key) {
    return (int) key & (keys.length - 1);
  }

  @SuppressWarnings("unchecked")
  private @Nullable V valueAt(int place) {
    return (V) values[place];
  }

  private void occupy(int place, long key, Object value) {
    keys[place] = key;
    values[place] = value;
    placed++;
  }

  @SuppressWarnings("unchecked")
  private void resize(int capacity) {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new long[capacity];
    values = new @Nullable Object[capacity];
    placed = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      Object value = oldValues[i];
      if (value == null) {
        continue;
      }
      int place = place(oldKeys[i]);
      if (keys[place] == 0) {
        occupy(place, oldKeys[i], value);
      } else {
        others.put(oldKeys[i], (V) value);
      }
    }
  }
}
