package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.lineage.Demand;
import dev.deed.lineage.Placement;
import dev.deed.lineage.TaskSpec;
import java.util.ArrayList;
import java.util.List;

/// Makes a random plan from a seed: a small cluster, a family of scripts that call each other, and
/// a handful of faults while they run.
final class PlanGenerator {
  private static final int MOST_TASKS = 400;
  private static final long MS = 1_000_000;

  private final long seed;
  private final Draws draws;
  private final List<Integer> weights = new ArrayList<>();

  private PlanGenerator(long seed) {
    this.seed = seed;
    this.draws = new Draws(seed);
  }

  /// The plan of a seed.
  ///
  /// @param faulty whether anything goes wrong
  static Plan plan(long seed, boolean faulty) {
    return new PlanGenerator(seed).make(faulty);
  }

  private Plan make(boolean faulty) {
    Dice dice = draws.dice(Purpose.PLAN, 0);
    int workers = 2 + dice.below(3);
    List<Integer> cpus = new ArrayList<>();
    cpus.add(0);
    for (int i = 0; i < workers; i++) {
      cpus.add(1 + dice.below(2));
    }
    int count = 4 + dice.below(6);
    List<Script> scripts = new ArrayList<>();
    for (int i = count - 1; i >= 0; i--) {
      scripts.addFirst(script(i, count));
    }
    Plan.Settings settings = settings(dice);
    return new Plan(
        cpus, List.copyOf(scripts), settings, faulty ? faults(workers, cpus.size()) : List.of());
  }

  private static Plan.Settings settings(Dice dice) {
    Plan.Settings base = Plan.Settings.DEFAULT;
    return new Plan.Settings(
        1 << 10,
        dice.chance(150) ? 2_000 + dice.below(8_000) : base.lineageBudgetBytes(),
        dice.chance(100) ? 6 << 20 : base.storeBytes(),
        dice.chance(100) ? 1 + dice.below(4) : base.queueBound(),
        dice.below(5),
        dice.chance(500) ? 5 * MS : 200 * MS,
        50);
  }

  // --- scripts ----------------------------------------------------------------------------------

  /// What a script being written knows of its variables.
  private final class Author {
    final Dice dice;
    final int index;
    final int count;
    final List<Step> steps = new ArrayList<>();
    final List<String> names = new ArrayList<>(List.of("c0", "a0.0", "c1", "a1.0"));
    int fresh;
    int weight = 1;

    Author(int index, int count) {
      this.dice = draws.dice(Purpose.PLAN, 1 + index);
      this.index = index;
      this.count = count;
      if (index == 0) {
        names.clear();
      }
    }

    String fresh() {
      String name = "v" + fresh++;
      names.add(name);
      return name;
    }

    String any() {
      int size = names.size();
      if (size == 0) {
        return "none";
      }
      // Recent ones are likelier: chains matter more than leftovers.
      int back = dice.below(size) * dice.below(size) / size;
      return names.get(size - 1 - back);
    }

    List<String> some(int most) {
      List<String> some = new ArrayList<>();
      int wanted = dice.below(most + 1);
      for (int i = 0; i < wanted; i++) {
        String name = any();
        if (!some.contains(name)) {
          some.add(name);
        }
      }
      return some;
    }

    long size() {
      return dice.chance(400) ? (1 << 20) + dice.below(1 << 20) : 16 + dice.below(200);
    }

    long little() {
      return dice.delay(1_000, 2 * MS, 200 * MS);
    }
  }

  private Script script(int index, int count) {
    Author author = new Author(index, count);
    int length =
        index > 0
            ? 1 + author.dice.below(9)
            : author.dice.chance(300) ? 60 + author.dice.below(140) : 10 + author.dice.below(30);
    for (int i = 0; i < length; i++) {
      add(author);
    }
    finish(author);
    weights.addFirst(author.weight);
    return new Script(index == 0 ? "main" : "f" + index, List.copyOf(author.steps));
  }

  private void add(Author author) {
    Dice dice = author.dice;
    int kind = dice.below(100);
    if (kind < 32 && author.index + 1 < author.count) {
      submit(author);
    } else if (kind < 50) {
      author.steps.add(
          new Step.Get(author.any(), List.of(author.fresh(), author.fresh()), dice.chance(500), 0));
    } else if (kind < 60) {
      List<String> inside = author.some(2);
      author.steps.add(new Step.Put(author.fresh(), author.size(), inside));
    } else if (kind < 72) {
      author.steps.add(new Step.Drop(author.any()));
    } else if (kind < 78) {
      author.steps.add(new Step.Keep(author.any(), "k" + dice.below(3)));
    } else if (kind < 82) {
      author.steps.add(new Step.DropKept("k" + dice.below(3)));
    } else if (kind < 86) {
      takeKept(author);
    } else if (kind < 90) {
      List<String> of = author.some(3);
      long timeout = dice.chance(500) ? author.little() : 0;
      author.steps.add(new Step.Await(of, 1 + dice.below(2), timeout));
    } else if (kind < 92) {
      String from = author.any();
      author.steps.add(new Step.Copy(from, author.fresh()));
    } else if (kind < 94) {
      author.steps.add(new Step.Cancel(author.any(), dice.chance(500)));
    } else {
      author.steps.add(new Step.Compute(author.little()));
    }
  }

  /// What a worker's variable holds may be the very task that takes it, or one that waits for it:
  /// it is read with a time limit, as is what stands inside it, and never becomes part of a value
  /// or a call.
  private static void takeKept(Author author) {
    String taken = "t" + author.steps.size();
    author.steps.add(new Step.TakeKept("k" + author.dice.below(3), taken));
    if (author.dice.chance(300)) {
      author.steps.add(new Step.Compute(author.little()));
    }
    String inside = taken + ".0";
    long timeout = author.dice.between(50_000, 20 * MS);
    author.steps.add(new Step.Get(taken, List.of(inside), true, timeout));
    if (author.dice.chance(300)) {
      author.steps.add(
          new Step.Keep(author.dice.chance(500) ? taken : inside, "k" + author.dice.below(3)));
    }
    if (author.dice.chance(700)) {
      author.steps.add(new Step.Drop(taken));
    }
    author.steps.add(new Step.Get(inside, List.of(), true, timeout));
    author.steps.add(new Step.Drop(inside));
  }

  private void submit(Author author) {
    Dice dice = author.dice;
    int callee = author.index + 1 + dice.below(author.count - author.index - 1);
    // Scripts are written from the last to the first: the callee's weight is known.
    int weight = weights.get(callee - author.index - 1);
    if (author.weight + weight > MOST_TASKS) {
      return;
    }
    author.weight += weight;
    List<String> arguments = author.some(2);
    List<String> captured = author.some(2);
    int retries = dice.chance(150) ? 0 : dice.below(4);
    TaskSpec.Terms terms =
        new TaskSpec.Terms(
            dice.chance(50) ? Demand.NONE : Demand.ONE_CPU,
            retries,
            List.of(),
            0,
            dice.chance(200) ? new Placement.Spread() : new Placement.Anywhere());
    int returns = dice.chance(150) ? 2 : 1;
    author.steps.add(new Step.Submit(author.fresh(), callee, arguments, captured, terms, returns));
  }

  private void finish(Author author) {
    Dice dice = author.dice;
    if (author.index == 0) {
      return;
    }
    if (dice.chance(60)) {
      author.steps.add(new Step.Throw(dice.chance(500)));
    } else if (dice.chance(80)) {
      author.steps.add(
          dice.below(author.steps.size() + 1), new Step.ThrowBefore(1 + dice.below(2)));
    } else if (dice.chance(60)) {
      author.steps.add(new Step.Vary());
    }
    author.steps.add(new Step.Return(author.size(), author.some(2)));
  }

  // --- faults -----------------------------------------------------------------------------------

  private List<Fault> faults(int workers, int nodes) {
    Dice dice = draws.dice(Purpose.FAULTS, seed);
    List<Fault> faults = new ArrayList<>();
    int count = dice.below(7);
    for (int i = 0; i < count; i++) {
      faults.add(fault(draws.dice(Purpose.FAULTS, seed + 1 + i), workers, nodes));
    }
    return List.copyOf(faults);
  }

  private static Fault fault(Dice dice, int workers, int nodes) {
    long at = dice.chance(700) ? dice.between(0, 20 * MS) : dice.between(0, 1500 * MS);
    int worker = 1 + dice.below(workers);
    int from = dice.below(nodes);
    int to = (from + 1 + dice.below(nodes - 1)) % nodes;
    long shortly = dice.between(MS, 300 * MS);
    return switch (dice.below(20)) {
      case 0, 1, 2, 3, 4, 5 -> new Fault.Crash(at, worker);
      case 6, 7 -> new Fault.Pause(at, worker, dice.between(MS, 800 * MS));
      case 8 -> new Fault.Cut(at, from, to, shortly);
      case 9 -> new Fault.CutFromLog(at, worker, dice.between(MS, 900 * MS));
      case 10, 11 -> new Fault.Break(at, from, to, shortly);
      case 12 -> new Fault.Slow(at, from, to, shortly, dice.between(MS, 50 * MS));
      case 13 -> new Fault.LogOutage(at, dice.between(MS, 200 * MS));
      case 14, 15 -> new Fault.Join(at, 1 + dice.below(2));
      default ->
          new Fault.Delay(
              at,
              DELAYED.get(dice.below(DELAYED.size())),
              -1,
              -1,
              dice.between(MS, 500 * MS),
              1 + dice.below(3));
    };
  }

  /// Kinds of messages that a plan may make late.
  private static final List<String> DELAYED =
      List.of(
          "Release",
          "ReleaseKeeping",
          "Registration",
          "EstateAck",
          "TaskPush",
          "TaskReply",
          "Located",
          "Unlocated",
          "PinCopy",
          "FreeCopy",
          "ValueRequest",
          "ValueAnswer",
          "LeaseGrant",
          "LeaseReturn",
          "TaskCancel");
}
