package dev.deed.lineage;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How many bytes are kept only so that lost values can be made again, and whose lineage goes first
/// when they are too many.
///
/// Ray counts specifications alone, so that one with a 400 MB argument weighs nothing; here the
/// bytes of argument values that only lineage keeps count as well. What goes first is what has most
/// bytes for a second of computing: it costs most to keep and least to make again. Not thread-safe.
public final class LineageBudget<T extends Comparable<? super T>> {
  /// @param specification bytes of the specification
  /// @param arguments bytes of values that this lineage (perhaps with others) keeps
  private record Entry<T extends Comparable<? super T>>(
      T task, long specification, long arguments, long durationNs) implements Comparable<Entry<T>> {
    double bytesPerSecond() {
      return (specification + arguments) / Math.max(1e-6, durationNs / 1e9);
    }

    @Override
    public int compareTo(Entry<T> other) {
      int first = Double.compare(other.bytesPerSecond(), bytesPerSecond());
      return first != 0 ? first : task.compareTo(other.task);
    }
  }

  private final long limitBytes;
  private final Map<T, Entry<T>> entries = new HashMap<>();
  private final TreeSet<Entry<T>> order = new TreeSet<>();
  private long specificationBytes;
  private long argumentBytes;

  /// A budget of `limitBytes`.
  public LineageBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /// A task's lineage is kept from now on. If it is already, it weighs this much from now on,
  /// beside its arguments.
  ///
  /// @param bytes of its specification
  /// @param durationNs that it took to compute
  public void retain(T task, long bytes, long durationNs) {
    Entry<T> before = take(task);
    long arguments = before == null ? 0 : before.arguments;
    specificationBytes += bytes - (before == null ? 0 : before.specification);
    put(new Entry<>(task, bytes, arguments, durationNs));
  }

  /// A task's lineage is kept no longer. Does nothing for one that is not.
  public void release(T task) {
    Entry<T> entry = take(task);
    if (entry != null) {
      specificationBytes -= entry.specification;
    }
  }

  /// The value of an argument, of `bytes`, is kept only by the lineage of these tasks. One whose
  /// lineage is released meanwhile keeps it no longer.
  public void keepArgument(Iterable<T> tasks, long bytes) {
    argumentBytes += bytes;
    weigh(tasks, bytes);
  }

  /// The value of an argument is gone, or kept for another reason as well.
  public void dropArgument(Iterable<T> tasks, long bytes) {
    argumentBytes -= bytes;
    weigh(tasks, -bytes);
  }

  private void weigh(Iterable<T> tasks, long change) {
    for (T task : tasks) {
      Entry<T> entry = take(task);
      if (entry != null) {
        long arguments = Math.max(0, entry.arguments + change);
        put(new Entry<>(task, entry.specification, arguments, entry.durationNs));
      }
    }
  }

  private void put(Entry<T> entry) {
    entries.put(entry.task, entry);
    order.add(entry);
  }

  private @Nullable Entry<T> take(T task) {
    Entry<T> entry = entries.remove(task);
    if (entry != null) {
      order.remove(entry);
    }
    return entry;
  }

  /// Bytes that are kept for lineage alone.
  public long bytes() {
    return specificationBytes + argumentBytes;
  }

  /// Whether something has to go.
  public boolean exceeded() {
    return bytes() > limitBytes;
  }

  /// Whose lineage should go first; empty when none is kept.
  public Optional<T> victim() {
    return order.isEmpty() ? Optional.empty() : Optional.of(order.first().task);
  }

  /// Number of tasks whose lineage is kept.
  public int size() {
    return entries.size();
  }
}
