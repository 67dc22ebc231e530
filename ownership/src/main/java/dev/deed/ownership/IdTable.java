package dev.deed.ownership;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Records by an id that each carries itself: no entry stands between the table and a record. Not
/// thread-safe.
/*
 * State. A record lies at its *home*, the place that its id's hash names, or behind it: every place from
 * its home to it is taken. `hashes` keeps the hash beside the record, so that searching touches no other
 * record than the one that is looked for. At most half of the places are taken.
 */
final class IdTable<K, V> {
  private static final int SMALLEST = 64;

  /// A table that has grown is not made smaller than this: what comes and goes in batches must not
  /// have it resized to and fro.
  private static final int KEPT = 1 << 13;

  /// Spreads ids that differ in few bits.
  private static final int SPREAD = 0x9E3779B9;

  private final Function<V, K> idOf;
  private int[] hashes = new int[SMALLEST];
  private @Nullable Object[] records = new @Nullable Object[SMALLEST];
  private int size;

  /// @param idOf the id of a record, which never changes
  IdTable(Function<V, K> idOf) {
    this.idOf = idOf;
  }

  int size() {
    return size;
  }

  /// The record of `id`, or null.
  @Nullable V get(K id) {
    return at(find(hash(id), id));
  }

  /// Adds a record; returns the one of its id whose place it takes, or null.
  @Nullable V put(V record) {
    K id = idOf.apply(record);
    int hash = hash(id);
    int place = find(hash, id);
    V old = at(place);
    if (old != null) {
      records[place] = record;
      return old;
    }
    if (2 * (size + 1) > records.length) {
      resize(2 * records.length);
    }
    place(hash, record);
    size++;
    return null;
  }

  /// Takes the record of `id` out; false if there was none.
  boolean remove(K id) {
    int place = find(hash(id), id);
    if (records[place] == null) {
      return false;
    }
    close(place);
    if (--size * 16 < records.length && records.length > KEPT) {
      resize(records.length / 4);
    }
    return true;
  }

  /// Visits the records in an order that follows from the ids and what was done. The consumer must
  /// not change the table.
  void forEach(Consumer<V> consumer) {
    for (int place = 0; place < records.length; place++) {
      V record = at(place);
      if (record != null) {
        consumer.accept(record);
      }
    }
  }

  private static int hash(Object id) {
    int spread = id.hashCode() * SPREAD;
    return spread ^ (spread >>> 16);
  }

  /// The place of the record of `id`, or the empty one where it would be.
  private int find(int hash, K id) {
    int mask = records.length - 1;
    int place = hash & mask;
    while (true) {
      V record = at(place);
      if (record == null || (hashes[place] == hash && idOf.apply(record).equals(id))) {
        return place;
      }
      place = (place + 1) & mask;
    }
  }

  private void place(int hash, Object record) {
    int mask = records.length - 1;
    int place = hash & mask;
    while (records[place] != null) {
      place = (place + 1) & mask;
    }
    hashes[place] = hash;
    records[place] = record;
  }

  /// Empties a place, and moves up whatever would not be found behind it.
  private void close(int place) {
    int mask = records.length - 1;
    int hole = place;
    for (int next = (hole + 1) & mask; records[next] != null; next = (next + 1) & mask) {
      int home = hashes[next] & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        hashes[hole] = hashes[next];
        records[hole] = records[next];
        hole = next;
      }
    }
    records[hole] = null;
  }

  private void resize(int capacity) {
    int[] oldHashes = hashes;
    @Nullable Object[] oldRecords = records;
    hashes = new int[capacity];
    records = new @Nullable Object[capacity];
    for (int place = 0; place < oldRecords.length; place++) {
      Object record = oldRecords[place];
      if (record != null) {
        place(oldHashes[place], record);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private @Nullable V at(int place) {
    return (V) records[place];
  }
}
