package dev.deed.ownership.heirs;

import java.util.Arrays;

/// Keys in the order in which they came, each once, with a mark that stays when the key is added
/// again. Taken out from the front only.
///
/// A place of the table names a position in `keys`, plus one. Positions before `head` are taken
/// out: the table still names them, until it is made anew, but nothing finds them.
final class KeyQueue implements Keys {
  private static final int SMALLEST = 32;

  private long[] keys = new long[SMALLEST];
  private boolean[] marks = new boolean[SMALLEST];
  private int[] table = new int[2 * SMALLEST];
  private int head;
  private int tail;

  @Override
  public int size() {
    return tail - head;
  }

  @Override
  public long key(int index) {
    return keys[head + index];
  }

  @Override
  public boolean marked(int index) {
    return marks[head + index];
  }

  /// Appends `key` if it is not in, and marks it if `mark`.
  void add(long key, boolean mark) {
    int place = find(key);
    if (table[place] != 0) {
      marks[table[place] - 1] |= mark;
      return;
    }
    if (tail == keys.length) {
      rebuild(2 * size() > keys.length ? 2 * keys.length : keys.length);
      place = find(key);
    }
    keys[tail] = key;
    marks[tail] = mark;
    table[place] = ++tail;
  }

  /// Adds all of `others` from the index `from` on, with their marks.
  void addAll(Keys others, int from) {
    for (int i = from; i < others.size(); i++) {
      add(others.key(i), others.marked(i));
    }
  }

  /// Takes out the first `count`.
  void removeFirst(int count) {
    head += count;
    if (head == tail) {
      clear();
    }
  }

  void clear() {
    boolean tooLarge = keys.length > SMALLEST && 16L * tail < keys.length;
    head = 0;
    tail = 0;
    if (tooLarge) {
      rebuild(keys.length / 4);
    } else {
      Arrays.fill(table, 0);
    }
  }

  /// The place that names the key, or the empty one where that would be.
  private int find(long key) {
    int mask = table.length - 1;
    int place = KeySet.home(key, mask);
    while (table[place] != 0 && (table[place] <= head || keys[table[place] - 1] != key)) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void rebuild(int capacity) {
    long[] oldKeys = keys;
    boolean[] oldMarks = marks;
    int from = head;
    int to = tail;
    keys = new long[capacity];
    marks = new boolean[capacity];
    table = new int[2 * capacity];
    head = 0;
    tail = 0;
    for (int i = from; i < to; i++) {
      add(oldKeys[i], oldMarks[i]);
    }
  }
}
