package dev.deed.ownership;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The causes of one reference. Most references have one or two, so a set is made only for more
/// than that.
final class Causes {
  private @Nullable Cause one;
  private @Nullable Cause two;
  private @Nullable Set<Cause> many;
  private int lineageOnly;

  /// Adds a cause; false when it was there.
  boolean add(Cause cause) {
    if (many != null) {
      return many.add(cause) && counted(cause, 1);
    }
    if (cause.equals(one) || cause.equals(two)) {
      return false;
    }
    if (one == null) {
      one = cause;
    } else if (two == null) {
      two = cause;
    } else {
      many = new LinkedHashSet<>();
      many.add(one);
      many.add(two);
      many.add(cause);
      one = null;
      two = null;
    }
    return counted(cause, 1);
  }

  /// Removes a cause; false when it was not there.
  boolean remove(Cause cause) {
    if (many != null) {
      if (!many.remove(cause)) {
        return false;
      }
      if (many.isEmpty()) {
        many = null;
      }
    } else if (cause.equals(one)) {
      one = two;
      two = null;
    } else if (cause.equals(two)) {
      two = null;
    } else {
      return false;
    }
    return counted(cause, -1);
  }

  private boolean counted(Cause cause, int change) {
    if (cause.hold() == Hold.LINEAGE) {
      lineageOnly += change;
    }
    return true;
  }

  boolean isEmpty() {
    return one == null && many == null;
  }

  int size() {
    return many != null ? many.size() : two != null ? 2 : one != null ? 1 : 0;
  }

  /// The most that any of the causes needs.
  Hold hold() {
    int size = size();
    return size == 0 ? Hold.NONE : size == lineageOnly ? Hold.LINEAGE : Hold.VALUE;
  }

  /// A copy, in the order in which they were added.
  List<Cause> list() {
    if (many != null) {
      return List.copyOf(many);
    }
    return two != null ? List.of(one(), two) : one != null ? List.of(one) : List.of();
  }

  private Cause one() {
    return Invariants.present(one, "first of two causes");
  }
}
