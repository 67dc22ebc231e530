package dev.deed.faultinjection.explorer;

import java.util.Arrays;

/// The states that a search has met, by the 128 bits of their fingerprints, and how each was
/// reached first. States are numbered in the order in which they were met.
final class VisitedStates {
  private static final int SMALLEST = 1 << 12;

  private long[] highs = new long[SMALLEST];
  private long[] lows = new long[SMALLEST];
  private int[] parents = new int[SMALLEST];
  private short[] moves = new short[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  /// Bytes that the table takes.
  long bytes() {
    return 16L * highs.length + 6L * parents.length;
  }

  /// Adds a state that was reached by the `move`-th of the moves that are possible in `parent`;
  /// false when it is known already.
  boolean add(Digest digest, int parent, int move) {
    // 0 0 marks an empty place.
    long high = digest.high() | 1;
    long low = digest.low();
    int mask = highs.length - 1;
    int place = (int) (low ^ (low >>> 32)) & mask;
    while (highs[place] != 0) {
      if (highs[place] == high && lows[place] == low) {
        return false;
      }
      place = (place + 1) & mask;
    }
    highs[place] = high;
    lows[place] = low;
    if (size == parents.length) {
      parents = Arrays.copyOf(parents, 2 * size);
      moves = Arrays.copyOf(moves, 2 * size);
    }
    parents[size] = parent;
    moves[size] = (short) move;
    size++;
    if (size > highs.length / 2) {
      grow();
    }
    return true;
  }

  private void grow() {
    long[] oldHighs = highs;
    long[] oldLows = lows;
    highs = new long[2 * oldHighs.length];
    lows = new long[2 * oldLows.length];
    int mask = highs.length - 1;
    for (int i = 0; i < oldHighs.length; i++) {
      if (oldHighs[i] != 0) {
        int place = (int) (oldLows[i] ^ (oldLows[i] >>> 32)) & mask;
        while (highs[place] != 0) {
          place = (place + 1) & mask;
        }
        highs[place] = oldHighs[i];
        lows[place] = oldLows[i];
      }
    }
  }

  /// The places of the moves that lead to a state, first to last.
  int[] movesTo(int state) {
    int length = 0;
    for (int s = state; parents[s] >= 0; s = parents[s]) {
      length++;
    }
    int[] path = new int[length];
    for (int s = state; parents[s] >= 0; s = parents[s]) {
      path[--length] = moves[s];
    }
    return path;
  }
}
