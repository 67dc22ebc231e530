package dev.deed.faultinjection.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes a failing plan smaller: takes out faults, then steps of scripts, as long as the same
/// invariant still breaks under the same seed. Draws are named, not taken in turn, so what is left
/// behaves as before.
final class Shrinker {
  private final long seed;
  private final String invariant;
  private final long deadline;
  private Plan best;

  private Shrinker(long seed, Plan plan, String invariant, long millis) {
    this.seed = seed;
    this.invariant = invariant;
    this.deadline = System.nanoTime() + millis * 1_000_000;
    this.best = plan;
  }

  /// The smallest plan found within so many milliseconds.
  static Plan shrink(long seed, Plan plan, String invariant, long millis) {
    Shrinker shrinker = new Shrinker(seed, plan, invariant, millis);
    int before;
    do {
      before = shrinker.best.size();
      shrinker.takeOutFaults();
      shrinker.takeOutSteps();
    } while (shrinker.best.size() < before && shrinker.inTime());
    return shrinker.best;
  }

  private boolean inTime() {
    return System.nanoTime() < deadline;
  }

  private boolean accept(Plan smaller) {
    if (inTime() && SimulationRun.course(seed, smaller, false).breaks(invariant)) {
      best = smaller;
      return true;
    }
    return false;
  }

  private void takeOutFaults() {
    for (int i = best.faults().size() - 1; i >= 0 && inTime(); i--) {
      List<Fault> fewer = new ArrayList<>(best.faults());
      fewer.remove(i);
      accept(best.withFaults(fewer));
    }
  }

  private void takeOutSteps() {
    for (int script = 0; script < best.scripts().size(); script++) {
      int chunk = Math.max(1, best.scripts().get(script).steps().size() / 2);
      while (true) {
        int at = best.scripts().get(script).steps().size();
        while (at > 0 && inTime()) {
          int from = Math.max(0, at - chunk);
          without(script, from, at).ifPresent(this::accept);
          at = from;
        }
        if (chunk == 1) {
          break;
        }
        chunk /= 2;
      }
    }
  }

  private Optional<Plan> without(int script, int from, int to) {
    Script whole = best.scripts().get(script);
    if (to > whole.steps().size()) {
      return Optional.empty();
    }
    List<Step> fewer = new ArrayList<>(whole.steps());
    fewer.subList(from, to).clear();
    List<Script> scripts = new ArrayList<>(best.scripts());
    scripts.set(script, new Script(whole.name(), List.copyOf(fewer)));
    return Optional.of(best.withScripts(scripts));
  }
}
