package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.ArrayList;
import java.util.List;

/// Makes a random plan from a seed: a small cluster, a family of scripts that call each other, and
/// faults while they run.
final class PlanGenerator {
  private static final long MS = 1_000_000;
  private static final long MIB = 1 << 20;

  private PlanGenerator() {}

  /// The plan of a seed.
  ///
  /// @param faulty whether anything goes wrong
  /// @param choice how the estates of workers are kept
  static Plan plan(long seed, boolean faulty, HeirsChoice choice) {
    Draws draws = new Draws(seed);
    Dice dice = draws.dice(Purpose.PLAN, 0);
    HeirsGenerator heirsGenerator = new HeirsGenerator(draws);
    HeirsConfig heirs = heirsGenerator.config(choice);
    boolean inherits = heirs.mode() != HeirsConfig.Mode.NONE;
    int workers = 3 + dice.below(4) + (inherits ? heirsGenerator.moreWorkers() : 0);
    List<Integer> cpus = new ArrayList<>();
    cpus.add(0);
    for (int i = 0; i < workers; i++) {
      cpus.add(1 + dice.below(2));
    }
    // Scripts are written from the last to the first: each knows how many tasks a call makes.
    List<Script> scripts = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    int count = 6 + dice.below(8);
    for (int i = count - 1; i >= 0; i--) {
      ScriptAuthor author =
          new ScriptAuthor(
              draws.dice(Purpose.PLAN, 1 + i), draws.dice(Purpose.COPIES, i), i, weights, inherits);
      scripts.addFirst(author.write());
      weights.addFirst(author.weight());
    }
    JobGenerator jobs = new JobGenerator(draws);
    int resumptions = inherits && faulty ? jobs.resumptions() : 0;
    Plan.Settings settings =
        settings(dice)
            .withHeirs(heirs, inherits ? heirsGenerator.lossPerThousand(heirs) : 0)
            .withResumptions(resumptions);
    List<Fault> faults = new ArrayList<>();
    if (faulty) {
      faults.addAll(FaultGenerator.faults(seed, draws, workers, weights.getFirst()));
      if (inherits) {
        faults.addAll(
            heirsGenerator.faults(workers, FaultGenerator.durationNs(weights.getFirst())));
      }
      faults.addAll(jobs.faults(resumptions, FaultGenerator.durationNs(weights.getFirst())));
    }
    return new Plan(List.copyOf(cpus), List.copyOf(scripts), settings, List.copyOf(faults));
  }

  private static Plan.Settings settings(Dice dice) {
    Plan.Settings base = Plan.Settings.DEFAULT;
    return new Plan.Settings(
        1 << 10,
        dice.chance(300) ? dice.below(1_000) : base.inlineTotalBytes(),
        dice.chance(300) ? 2_000 + dice.below(20_000) : base.lineageBudgetBytes(),
        dice.chance(300) ? (5 + dice.below(20)) * MIB : base.storeBytes(),
        dice.chance(150) ? 1 + dice.below(4) : base.queueBound(),
        dice.below(5),
        dice.chance(500) ? 5 * MS : 200 * MS,
        50,
        base.heirs(),
        base.heirLossPerThousand(),
        base.resumptions());
  }
}
