package dev.deed.ownership;

import dev.deed.lineage.Demand;
import java.util.Map;
import java.util.TreeMap;

/// What of this worker's resources is in use.
///
/// Tasks of one processor and nothing else are handed to the executor a few ahead of the free
/// processors, so that it need not come back for each; they count as if they ran. All others are
/// admitted exactly.
final class Resources {
  private final Map<String, Double> total = new TreeMap<>();
  private final Map<String, Double> used = new TreeMap<>();
  private final double cpus;
  private final int prefetch;
  private double cpuUsed;
  private int exact;

  Resources(Demand capacity, int cpus, int prefetch) {
    this.total.putAll(capacity.amounts());
    this.total.remove(Demand.CPU);
    this.cpus = cpus;
    this.prefetch = prefetch;
  }

  /// Takes what a task demands; false when it isn't free.
  boolean take(Demand demand) {
    if (demand.equals(Demand.ONE_CPU)) {
      if (cpuUsed + 1 > cpus + (exact == 0 ? prefetch : 0)) {
        return false;
      }
      cpuUsed++;
      return true;
    }
    for (Map.Entry<String, Double> entry : demand.amounts().entrySet()) {
      String name = entry.getKey();
      double inUse = name.equals(Demand.CPU) ? cpuUsed : used.getOrDefault(name, 0.0);
      double limit = name.equals(Demand.CPU) ? cpus : total.getOrDefault(name, 0.0);
      if (inUse + entry.getValue() > limit + 1e-9) {
        return false;
      }
    }
    change(demand, 1);
    exact++;
    return true;
  }

  /// Gives back what a task took.
  void give(Demand demand) {
    if (demand.equals(Demand.ONE_CPU)) {
      cpuUsed--;
      checkCpus();
    } else {
      change(demand, -1);
      exact--;
      check();
    }
  }

  private void change(Demand demand, int sign) {
    demand
        .amounts()
        .forEach((name, amount) -> {
          if (name.equals(Demand.CPU)) {
            cpuUsed += sign * amount;
          } else {
            used.merge(name, sign * amount, Double::sum);
          }
        });
  }

  /// A task blocks: its processors are free.
  void giveCpu(Demand demand) {
    cpuUsed -= demand.cpus();
    checkCpus();
  }

  /// It goes on, over the limit if need be.
  void takeCpu(Demand demand) {
    cpuUsed += demand.cpus();
  }

  private void check() {
    checkCpus();
    for (Map.Entry<String, Double> entry : used.entrySet()) {
      Invariants.check(
          entry.getValue() > -1e-6, "%f of %s in use", entry.getValue(), entry.getKey());
    }
  }

  private void checkCpus() {
    if (cpuUsed < -1e-6) {
      throw new IllegalStateException("broken invariant: " + cpuUsed + " processors in use");
    }
  }

  /// Whether nothing is in use.
  boolean idle() {
    return Math.abs(cpuUsed) < 1e-6 && used.values().stream().allMatch(v -> Math.abs(v) < 1e-6);
  }
}
