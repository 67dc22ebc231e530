package dev.deed.ownership;

import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// What lies in this worker's store, and how full it is. The bytes themselves are the driver's.
final class StoreIndex {
  /*
   * State: each sealed copy with its size, its pins, and whether it is a primary copy; bytes used, and
   * reserved for copies that are being written.
   * Invariants: used + reserved never exceeds the capacity.  A pinned or primary copy is never evicted.
   * A lent copy, whose bytes lie elsewhere in this process, counts for nothing and is primary.
   * Secondary copies go first, the least recently used before the others.
   */

  /// A sealed copy.
  static final class Copy {
    final CopyName name;
    final StoredValue value;
    final boolean lent;
    boolean primary;
    int pins;
    boolean doomed;

    Copy(CopyName name, StoredValue value, boolean lent, boolean primary) {
      this.name = name;
      this.value = value;
      this.lent = lent;
      this.primary = primary;
    }

    /// Bytes that it takes of the store's room.
    private long roomBytes() {
      return lent ? 0 : value.size();
    }
  }

  /// Somebody who waits for room.
  static final class Wish {
    final long bytes;
    final Runnable granted;
    final Runnable denied;
    boolean ended;

    Wish(long bytes, Runnable granted, Runnable denied) {
      this.bytes = bytes;
      this.granted = granted;
      this.denied = denied;
    }
  }

  private static final long PATIENCE_NS = 10_000_000_000L;

  private final CoreContext context;
  private final Map<CopyName, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);
  private final Queue<Wish> wishes = new ArrayDeque<>();
  private long used;
  private long reserved;
  private @Nullable Evicted evicted;

  /// Told of each copy that was evicted.
  interface Evicted {
    void evicted(CopyName name);
  }

  StoreIndex(CoreContext context) {
    this.context = context;
  }

  void onEviction(Evicted listener) {
    evicted = listener;
  }

  /// The sealed copy of that name; it counts as used now.
  @Nullable Copy find(CopyName name) {
    Copy copy = copies.get(name);
    return copy == null || copy.doomed ? null : copy;
  }

  Collection<Copy> copies() {
    return copies.values();
  }

  /// Takes room at once, evicting what may go; false when there is not enough.
  boolean reserve(long bytes) {
    if (!makeRoom(bytes)) {
      return false;
    }
    reserved += bytes;
    return true;
  }

  /// Takes room now or as soon as there is some, in the order of wishes. Denied when it can never
  /// be, or after some seconds.
  void reserveInTurn(long bytes, Runnable granted, Runnable denied) {
    if (wishes.isEmpty() && reserve(bytes)) {
      granted.run();
    } else if (bytes > context.config.storeBytes()) {
      denied.run();
    } else {
      Wish wish = new Wish(bytes, granted, denied);
      wishes.add(wish);
      context.at(context.now() + PATIENCE_NS, new Due.RoomDue(wish));
    }
  }

  /// A wish has waited long enough.
  void impatient(Wish wish) {
    if (!wish.ended) {
      wish.ended = true;
      wishes.remove(wish);
      wish.denied.run();
    }
  }

  /// Gives reserved room back.
  void unreserve(long bytes) {
    reserved -= bytes;
    Invariants.check(reserved >= 0, "%d bytes reserved in the store", reserved);
    grantWishesLater();
  }

  /// A copy has been sealed in reserved room. One that is there already keeps its place, and the
  /// room is given back.
  Copy sealed(Reference reference, StoredValue value, boolean primary) {
    CopyName name = CopyName.of(reference, value);
    Copy copy = copies.get(name);
    if (copy == null) {
      copy = new Copy(name, value, false, primary);
      copies.put(name, copy);
      used += copy.roomBytes();
    }
    copy.primary |= primary;
    copy.doomed = false;
    unreserve(value.size());
    return copy;
  }

  /// A sealed copy is here whose bytes take no room of this store.
  void lent(StoredObject object) {
    CopyName name = object.copy();
    copies.computeIfAbsent(name, _ -> new Copy(name, object.value(), true, true));
  }

  void pin(Copy copy) {
    copy.pins++;
  }

  void unpin(Copy copy) {
    copy.pins--;
    Invariants.check(copy.pins >= 0, "copy %s has %d pins", copy.name, copy.pins);
    if (copy.pins == 0) {
      if (copy.doomed) {
        remove(copy);
      }
      grantWishesLater();
    }
  }

  /// The copy is not needed any more; it goes when nobody reads it.
  void free(CopyName name) {
    Copy copy = copies.get(name);
    if (copy == null) {
      return;
    }
    if (copy.pins > 0) {
      copy.doomed = true;
    } else {
      remove(copy);
      grantWishesLater();
    }
  }

  private void remove(Copy copy) {
    copies.remove(copy.name);
    used -= copy.roomBytes();
    context.effects.delete(copy.name);
  }

  private boolean makeRoom(long bytes) {
    long capacity = context.config.storeBytes();
    if (used + reserved + bytes <= capacity) {
      return true;
    }
    long evictable = 0;
    for (Copy copy : copies.values()) {
      if (copy.pins == 0 && !copy.primary) {
        evictable += copy.value.size();
      }
    }
    if (used + reserved + bytes - evictable > capacity) {
      return false;
    }
    for (Copy copy : java.util.List.copyOf(copies.values())) {
      if (used + reserved + bytes <= capacity) {
        break;
      }
      if (copy.pins == 0 && !copy.primary) {
        remove(copy);
        if (evicted != null) {
          evicted.evicted(copy.name);
        }
      }
    }
    return true;
  }

  /// Wishes are granted after the present step: a copy that has just come is pinned by then.
  private void grantWishesLater() {
    if (!wishes.isEmpty()) {
      context.later(this::grantWishes);
    }
  }

  private void grantWishes() {
    Wish wish;
    while ((wish = wishes.peek()) != null && reserve(wish.bytes)) {
      wishes.remove();
      wish.ended = true;
      context.later(wish.granted);
    }
  }

  long used() {
    return used;
  }

  long reserved() {
    return reserved;
  }
}
