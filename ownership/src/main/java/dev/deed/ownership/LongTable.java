package dev.deed.ownership;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A map from numbers that are given in sequence, from 1, to objects. Not thread-safe.
///
/// A number's place is its remainder by the capacity, so that what was given together lies together
/// and nothing is searched for. The few numbers that live so long that a later one comes to their
/// place make that later one go to a hash map.
public final class LongTable<V> {
  private static final int SMALLEST = 256;

  /// A table that has grown is not made smaller than this: what comes and goes in batches must not
  /// have it resized to and fro.
  private static final int KEPT = 1 << 13;

  private record Numbered<V>(long key, V value) {}

  private long[] keys = new long[SMALLEST];
  private @Nullable Object[] values = new @Nullable Object[SMALLEST];
  private final Map<Long, V> others = new HashMap<>();
  private int placed;

  /// How many numbers are in it.
  public int size() {
    return placed + others.size();
  }

  /// Whether nothing is in it.
  public boolean isEmpty() {
    return size() == 0;
  }

  /// Maps `key`, which must be positive, to `value`; an earlier value of it is replaced.
  public void put(long key, V value) {
    if (key <= 0) {
      throw new IllegalArgumentException("a key is positive: " + key);
    }
    if (2 * placed >= keys.length) {
      resize(4 * keys.length);
    }
    int place = place(key);
    if (keys[place] == key) {
      values[place] = value;
    } else if (keys[place] == 0 && (others.isEmpty() || !others.containsKey(key))) {
      occupy(place, key, value);
    } else {
      others.put(key, value);
    }
  }

  /// The value of `key`, or null.
  public @Nullable V get(long key) {
    int place = place(key);
    if (keys[place] == key) {
      return valueAt(place);
    }
    return others.isEmpty() ? null : others.get(key);
  }

  /// Takes `key` out; returns what its value was, or null.
  public @Nullable V remove(long key) {
    int place = place(key);
    if (keys[place] != key) {
      return others.isEmpty() ? null : others.remove(key);
    }
    V value = valueAt(place);
    if (value == null) {
      // No number is 0, which marks an empty place.
      return null;
    }
    keys[place] = 0;
    values[place] = null;
    if (--placed * 16 < keys.length && keys.length > KEPT) {
      resize(keys.length / 4);
    }
    return value;
  }

  /// A copy of the values, in the order of their numbers.
  public List<V> inOrder() {
    List<Numbered<V>> numbered = new ArrayList<>(size());
    for (int place = 0; place < keys.length; place++) {
      V value = valueAt(place);
      if (value != null) {
        numbered.add(new Numbered<>(keys[place], value));
      }
    }
    others.forEach((key, value) -> numbered.add(new Numbered<>(key, value)));
    numbered.sort(Comparator.comparingLong(Numbered::key));
    return numbered.stream().map(Numbered::value).toList();
  }

  /// Takes everything out, in the order of the numbers.
  public void drain(Consumer<V> consumer) {
    List<V> taken = inOrder();
    keys = new long[SMALLEST];
    values = new @Nullable Object[SMALLEST];
    placed = 0;
    others.clear();
    taken.forEach(consumer);
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
