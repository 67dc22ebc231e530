package dev.deed.lineage;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The resources that a task holds while it runs, or that a worker offers: `cpu`, `memory` in
/// bytes, and any others by name. Immutable; amounts are finite and not negative.
public final class Demand {
  /// Name of the processor resource.
  public static final String CPU = "cpu";

  /// Name of the memory resource, in bytes.
  public static final String MEMORY = "memory";

  /// One processor and nothing else: what a task asks for unless told otherwise.
  public static final Demand ONE_CPU = new Demand(new TreeMap<>(Map.of(CPU, 1.0)));

  /// Nothing at all.
  public static final Demand NONE = new Demand(new TreeMap<>());

  private final SortedMap<String, Double> amounts;
  private final int hash;
  private final double cpus;

  private Demand(SortedMap<String, Double> amounts) {
    this.amounts = amounts;
    this.hash = amounts.hashCode();
    this.cpus = amounts.getOrDefault(CPU, 0.0);
  }

  /// A demand of these amounts; zeros are left out. Throws [IllegalArgumentException] for an amount
  /// that is negative, infinite or not a number.
  public static Demand of(Map<String, Double> amounts) {
    SortedMap<String, Double> sorted = new TreeMap<>();
    amounts.forEach((name, amount) -> {
      if (!(amount >= 0) || amount.isInfinite()) {
        throw new IllegalArgumentException("resource " + name + " of amount " + amount);
      }
      if (amount > 0) {
        sorted.put(name, amount);
      }
    });
    return sorted.equals(ONE_CPU_AMOUNTS) ? ONE_CPU : new Demand(sorted);
  }

  private static final SortedMap<String, Double> ONE_CPU_AMOUNTS = new TreeMap<>(Map.of(CPU, 1.0));

  /// The amount of one resource, 0 when it is not asked for.
  public double amount(String resource) {
    return amounts.getOrDefault(resource, 0.0);
  }

  /// The amount of [#CPU].
  public double cpus() {
    return cpus;
  }

  /// The amounts by name, in the order of names; not to be changed.
  public SortedMap<String, Double> amounts() {
    return java.util.Collections.unmodifiableSortedMap(amounts);
  }

  /// Whether an offer of `capacity` could ever hold this demand.
  public boolean fitsInto(Demand capacity) {
    for (Map.Entry<String, Double> entry : amounts.entrySet()) {
      if (capacity.amount(entry.getKey()) < entry.getValue()) {
        return false;
      }
    }
    return true;
  }

  /// Writes all amounts.
  public void write(WireWriter out) {
    out.writeInt(amounts.size());
    amounts.forEach((name, amount) -> {
      out.writeString(name);
      out.writeDouble(amount);
    });
  }

  /// Reads what [#write] wrote.
  public static Demand read(WireReader in) {
    int count = in.readCount(9);
    SortedMap<String, Double> amounts = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      amounts.put(in.readString(), in.readDouble());
    }
    try {
      return of(amounts);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("a demand: " + e.getMessage());
    }
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Demand d && d.amounts.equals(amounts));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return amounts.toString();
  }
}
