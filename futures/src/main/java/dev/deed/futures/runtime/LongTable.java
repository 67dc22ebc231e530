package dev.deed.futures.runtime;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A map from positive numbers to objects, without boxes: open addressing with linear probing. Not
/// thread-safe.
final class LongTable<V> {
  private static final int SMALLEST = 64;

  private long[] keys = new long[SMALLEST];
  private @Nullable Object[] values = new Object[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  void put(long key, V value) {
    if (key <= 0) {
      throw new IllegalArgumentException("a key is positive: " + key);
    }
    if (2 * size >= keys.length) {
      resize(2 * keys.length);
    }
    int slot = slot(key);
    if (keys[slot] == 0) {
      size++;
    }
    keys[slot] = key;
    values[slot] = value;
  }

  @Nullable V get(long key) {
    return valueAt(slot(key));
  }

  @Nullable V remove(long key) {
    int slot = slot(key);
    V value = valueAt(slot);
    if (keys[slot] != 0) {
      size--;
      close(slot);
      if (keys.length > SMALLEST && 16 * size < keys.length) {
        resize(keys.length / 4);
      }
    }
    return value;
  }

  /// Takes everything out, in no particular order.
  void drain(Consumer<V> consumer) {
    @Nullable Object[] taken = values;
    keys = new long[SMALLEST];
    values = new Object[SMALLEST];
    size = 0;
    for (Object value : taken) {
      if (value != null) {
        @SuppressWarnings("unchecked")
        V typed = (V) value;
        consumer.accept(typed);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private @Nullable V valueAt(int slot) {
    return (V) values[slot];
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = home(key, mask);
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /// Numbers in sequence are spread evenly (by the golden ratio): next to each other they would make
  /// one long run, which every removal had to walk through.
  private static int home(long key, int mask) {
    return (int) ((key * 0x9e3779b97f4a7c15L) >>> 32) & mask;
  }

  /// Empties a slot and moves later entries of its run up, so that none is cut off from its home.
  private void close(int emptied) {
    int mask = keys.length - 1;
    int gap = emptied;
    int next = (gap + 1) & mask;
    while (keys[next] != 0) {
      int home = home(keys[next], mask);
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        keys[gap] = keys[next];
        values[gap] = values[next];
        gap = next;
      }
      next = (next + 1) & mask;
    }
    keys[gap] = 0;
    values[gap] = null;
  }

  private void resize(int capacity) {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new long[capacity];
    values = new Object[capacity];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
