package dev.deed.ownership.heirs;

/// A set of positive numbers without an object for each.
///
/// A number lies at its home or behind it, with no empty place between; at most half are taken.
final class KeySet {
  private static final int SMALLEST = 64;

  /// A set that has grown is not made smaller than this.
  private static final int KEPT = 1 << 13;

  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private long[] places = new long[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  boolean contains(long key) {
    return places[find(key)] == key;
  }

  void add(long key) {
    int place = find(key);
    if (places[place] == key) {
      return;
    }
    places[place] = key;
    if (2 * ++size > places.length) {
      resize(2 * places.length);
    }
  }

  void remove(long key) {
    int hole = find(key);
    if (places[hole] != key) {
      return;
    }
    int mask = places.length - 1;
    for (int next = (hole + 1) & mask; places[next] != 0; next = (next + 1) & mask) {
      if (((next - home(places[next], mask)) & mask) >= ((next - hole) & mask)) {
        places[hole] = places[next];
        hole = next;
      }
    }
    places[hole] = 0;
    if (--size * 16 < places.length && places.length > KEPT) {
      resize(places.length / 4);
    }
  }

  void clear() {
    places = new long[SMALLEST];
    size = 0;
  }

  /// Where the number is, or the empty place where it would be.
  private int find(long key) {
    int mask = places.length - 1;
    int place = home(key, mask);
    while (places[place] != 0 && places[place] != key) {
      place = (place + 1) & mask;
    }
    return place;
  }

  /// The home of a number among `mask + 1` places.
  static int home(long key, int mask) {
    return (int) ((key * SPREAD) >>> 32) & mask;
  }

  private void resize(int capacity) {
    long[] old = places;
    places = new long[capacity];
    for (long key : old) {
      if (key != 0) {
        places[find(key)] = key;
      }
    }
  }
}
