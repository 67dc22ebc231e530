package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Mixing;
import java.util.Arrays;

/// What is going to happen, by virtual time: a binary heap on arrays. Happenings of the same
/// instant come in an order drawn from the seed, not in the order of their making.
final class Agenda {
  private final long seed;
  private long[] times = new long[256];
  private long[] ties = new long[256];
  private Runnable[] actions = new Runnable[256];
  private int size;
  private long sequence;

  Agenda(long seed) {
    this.seed = seed;
  }

  /// Adds a happening.
  void at(long timeNs, Runnable action) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      ties = Arrays.copyOf(ties, size * 2);
      actions = Arrays.copyOf(actions, size * 2);
    }
    long tie = Mixing.mix(seed, sequence++);
    int i = size++;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (!before(timeNs, tie, times[parent], ties[parent])) {
        break;
      }
      move(parent, i);
      i = parent;
    }
    put(i, timeNs, tie, action);
  }

  /// Time of the next happening, [Long#MAX_VALUE] when there is none.
  long nextTimeNs() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  /// Number of happenings that are still to come.
  int size() {
    return size;
  }

  /// Takes the next happening out.
  Runnable take() {
    Runnable first = actions[0];
    int last = --size;
    long time = times[last];
    long tie = ties[last];
    Runnable action = actions[last];
    int i = 0;
    while (true) {
      int child = 2 * i + 1;
      if (child >= last) {
        break;
      }
      if (child + 1 < last
          && before(times[child + 1], ties[child + 1], times[child], ties[child])) {
        child++;
      }
      if (!before(times[child], ties[child], time, tie)) {
        break;
      }
      move(child, i);
      i = child;
    }
    put(i, time, tie, action);
    return first;
  }

  private static boolean before(long time, long tie, long otherTime, long otherTie) {
    return time < otherTime || (time == otherTime && tie < otherTie);
  }

  private void move(int from, int to) {
    put(to, times[from], ties[from], actions[from]);
  }

  private void put(int i, long time, long tie, Runnable action) {
    times[i] = time;
    ties[i] = tie;
    actions[i] = action;
  }
}
