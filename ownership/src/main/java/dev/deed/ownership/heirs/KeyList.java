package dev.deed.ownership.heirs;

import java.util.Arrays;

/// Keys in the order in which they came, as often as they came: nothing is searched for.
final class KeyList implements Keys {
  private static final int SMALLEST = 32;

  private long[] keys = new long[SMALLEST];
  private boolean[] marks = new boolean[SMALLEST];
  private int size;

  @Override
  public int size() {
    return size;
  }

  @Override
  public long key(int index) {
    return keys[index];
  }

  @Override
  public boolean marked(int index) {
    return marks[index];
  }

  void mark(int index) {
    marks[index] = true;
  }

  /// Appends a key without a mark.
  void add(long key) {
    if (size == keys.length) {
      resize(2 * size);
    }
    keys[size] = key;
    marks[size++] = false;
  }

  void clear() {
    boolean tooLarge = keys.length > SMALLEST && 16L * size < keys.length;
    size = 0;
    if (tooLarge) {
      resize(keys.length / 4);
    }
  }

  private void resize(int capacity) {
    keys = Arrays.copyOf(keys, capacity);
    marks = Arrays.copyOf(marks, capacity);
  }
}
