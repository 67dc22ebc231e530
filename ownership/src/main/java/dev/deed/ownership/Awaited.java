package dev.deed.ownership;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What somebody may wait for: an own object or a foreign one. Most have one who waits, or none, so
/// a list is made only for more.
abstract sealed class Awaited permits ObjectRecord, Borrowed {
  private @Nullable Waiter one;
  private @Nullable List<Waiter> more;

  final void addWaiter(Waiter waiter) {
    if (one == null) {
      one = waiter;
      return;
    }
    if (more == null) {
      more = new ArrayList<>(2);
    }
    more.add(waiter);
  }

  /// Takes all waiters, in the order in which they came.
  final List<Waiter> takeWaiters() {
    if (one == null) {
      return List.of();
    }
    List<Waiter> taken;
    if (more == null) {
      taken = List.of(one);
    } else {
      taken = more;
      taken.addFirst(one);
    }
    one = null;
    more = null;
    return taken;
  }

  final void removeWaiters(Predicate<Waiter> gone) {
    List<Waiter> left = new ArrayList<>(takeWaiters());
    left.removeIf(gone);
    left.forEach(this::addWaiter);
  }

  final boolean hasWaiters() {
    return one != null;
  }
}
