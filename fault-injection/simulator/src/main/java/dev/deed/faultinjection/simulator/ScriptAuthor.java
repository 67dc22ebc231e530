package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.lineage.Demand;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.Placement;
import dev.deed.lineage.TaskSpec;
import java.util.ArrayList;
import java.util.List;

/// Writes one random script: single steps, and figures of several that programs are made of. It
/// calls only scripts behind itself, so every program ends.
final class ScriptAuthor {
  /// Most tasks that one run of main makes, and one call of another script.
  private static final int MOST_TASKS = 1_600;

  private static final int MOST_TASKS_OF_A_CALL = 100;
  private static final int LONGEST_MAIN = 500;
  private static final long MS = 1_000_000;
  private static final int MIB = 1 << 20;

  private final Dice dice;
  private final Dice copies;
  private final int index;
  private final List<Integer> weightsBehind;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final int mostTasks;
  private final boolean inherits;
  private int fresh;
  private int weight = 1;

  /// @param copies draws how many copies there are to be of a put
  /// @param index of the script in its plan; 0 is main
  /// @param weightsBehind how many tasks a call of each of the scripts behind it makes
  /// @param inherits whether estates outlive their workers: then workers are to own much that
  ///   others have
  ScriptAuthor(Dice dice, Dice copies, int index, List<Integer> weightsBehind, boolean inherits) {
    this.dice = dice;
    this.copies = copies;
    this.index = index;
    this.weightsBehind = List.copyOf(weightsBehind);
    this.inherits = inherits;
    this.mostTasks = index == 0 ? MOST_TASKS : MOST_TASKS_OF_A_CALL;
    if (index > 0) {
      names.addAll(List.of("c0", "a0.0", "c1", "a1.0"));
    }
  }

  /// How many tasks one run of what was written makes, itself included.
  int weight() {
    return weight;
  }

  Script write() {
    if (index == 0) {
      int tasks = dice.chance(100) ? 10 + dice.below(90) : 200 + dice.below(mostTasks - 200);
      while (weight < tasks && steps.size() < LONGEST_MAIN) {
        add();
        if (dice.chance(60)) {
          steps.add(new Step.Await(lately(6), 6, 0));
        }
      }
      // What main lets go when it ends is cancelled: as a rule it waits.
      if (dice.chance(850)) {
        steps.add(new Step.Await(List.copyOf(names), names.size(), 0));
        lately(4).forEach(name -> get(name, true));
      }
    } else {
      // A worker that is killed is to be busy as a rule.
      if (dice.chance(400)) {
        steps.add(new Step.Compute(dice.between(MS / 4, 5 * MS)));
      }
      int length = steps.size() + 1 + dice.below(dice.chance(300) ? 16 : 7);
      while (steps.size() < length) {
        add();
      }
      finish();
    }
    return new Script(index == 0 ? "main" : "f" + index, List.copyOf(steps));
  }

  private void add() {
    if (inherits && !weightsBehind.isEmpty() && dice.chance(index == 0 ? 200 : 80)) {
      bequest();
    } else if (!weightsBehind.isEmpty() && dice.chance(index == 0 ? 250 : 120)) {
      figure();
    } else {
      step();
    }
  }

  // --- variables and amounts --------------------------------------------------------------------

  private String fresh() {
    String name = "v" + fresh++;
    names.add(name);
    return name;
  }

  /// A variable; recent ones are likelier: chains matter more than leftovers.
  private String any() {
    int size = names.size();
    if (size == 0) {
      return "none";
    }
    int back = dice.below(size) * dice.below(size) / size;
    return names.get(size - 1 - back);
  }

  private List<String> some(int most) {
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

  /// The newest variables, so many at most.
  private List<String> lately(int most) {
    return List.copyOf(names.subList(Math.max(0, names.size() - most), names.size()));
  }

  private long size() {
    return dice.chance(400) ? MIB + dice.below(MIB) : 16 + dice.below(200);
  }

  private long little() {
    return dice.delay(1_000, 2 * MS, 200 * MS);
  }

  // --- single steps -----------------------------------------------------------------------------

  private void step() {
    int kind = dice.below(100);
    if (kind < 34 && !weightsBehind.isEmpty()) {
      submit(some(2), some(2));
    } else if (kind < 50) {
      get(any(), dice.chance(700));
    } else if (kind < 60) {
      put(some(3));
    } else if (kind < 73) {
      drop(any());
    } else if (kind < 79) {
      steps.add(new Step.Keep(any(), "k" + dice.below(4)));
    } else if (kind < 83) {
      steps.add(new Step.DropKept("k" + dice.below(4)));
    } else if (kind < 86) {
      takeKept();
    } else if (kind < 90) {
      List<String> of = some(4);
      long timeout = dice.chance(500) ? little() : 0;
      steps.add(new Step.Await(of, 1 + dice.below(3), timeout));
    } else if (kind < 92) {
      String from = any();
      steps.add(new Step.Copy(from, fresh()));
    } else if (kind < 95) {
      steps.add(new Step.Cancel(any(), dice.chance(500)));
    } else {
      steps.add(new Step.Compute(little()));
    }
  }

  private void get(String from, boolean tolerant) {
    long timeout = dice.chance(80) ? dice.between(10_000, 20 * MS) : 0;
    steps.add(new Step.Get(from, List.of(fresh(), fresh()), tolerant, timeout));
  }

  private String put(List<String> inside) {
    String name = fresh();
    steps.add(new Step.Put(name, size(), inside, copies(), keeping()));
    return name;
  }

  private int copies() {
    return copies.chance(250) ? 2 + copies.below(2) : 1;
  }

  private void drop(String name) {
    steps.add(new Step.Drop(name));
  }

  /// What a worker's variable holds may be the very task that takes it, or one that waits for it:
  /// it is read with a time limit, as is what stands inside it, and never becomes part of a value
  /// or a call.
  private void takeKept() {
    String taken = "t" + steps.size();
    steps.add(new Step.TakeKept("k" + dice.below(4), taken));
    if (dice.chance(300)) {
      steps.add(new Step.Compute(little()));
    }
    String inside = taken + ".0";
    long timeout = dice.between(50_000, 20 * MS);
    steps.add(new Step.Get(taken, List.of(inside), true, timeout));
    if (dice.chance(300)) {
      steps.add(new Step.Keep(dice.chance(500) ? taken : inside, "k" + dice.below(4)));
    }
    if (dice.chance(700)) {
      drop(taken);
    }
    steps.add(new Step.Get(inside, List.of(), true, timeout));
    drop(inside);
  }

  // --- calls ------------------------------------------------------------------------------------

  /// A script behind this one: one of the next few as a rule, which makes programs deep.
  private int callee() {
    int behind = weightsBehind.size();
    int reach = dice.chance(600) ? Math.min(behind, 3) : behind;
    return dice.below(reach);
  }

  /// The variable of the first result; "none" when the program would grow too large.
  private String submit(List<String> arguments, List<String> captured) {
    return submit(callee(), arguments, captured);
  }

  private String submit(int behind, List<String> arguments, List<String> captured) {
    if (weight + weightsBehind.get(behind) > mostTasks) {
      return "none";
    }
    weight += weightsBehind.get(behind);
    int retries = dice.chance(150) ? 0 : dice.below(4);
    TaskSpec.Terms terms =
        new TaskSpec.Terms(
            dice.chance(50) ? Demand.NONE : Demand.ONE_CPU,
            retries,
            List.of(),
            0,
            dice.chance(200) ? new Placement.Spread() : new Placement.Anywhere(),
            keeping());
    int returns = dice.chance(150) ? 2 : 1;
    String name = fresh();
    steps.add(new Step.Submit(name, index + 1 + behind, arguments, captured, terms, returns));
    return name;
  }

  private Keeping keeping() {
    return dice.chance(900) ? Keeping.ESTATE : Keeping.SYNC;
  }

  // --- figures ----------------------------------------------------------------------------------

  private void figure() {
    switch (dice.below(6)) {
      case 0 -> fan();
      case 1 -> chain();
      case 2 -> nest();
      case 3 -> relay();
      case 4 -> changedMind();
      default -> shared();
    }
  }

  /// Many calls, of which some are waited for, gathered in one value, and given up early.
  private void fan() {
    List<String> arguments = some(2);
    List<String> captured = some(1);
    int callee = callee();
    List<String> results = new ArrayList<>();
    int width = 2 + dice.below(5);
    for (int i = 0; i < width; i++) {
      results.add(submit(callee, arguments, captured));
    }
    if (dice.chance(400)) {
      results.removeIf(name -> {
        boolean early = dice.chance(400);
        if (early) {
          drop(name);
        }
        return early;
      });
    }
    if (dice.chance(400)) {
      steps.add(new Step.Await(List.copyOf(results), 1 + dice.below(width), 0));
    }
    if (dice.chance(500)) {
      String gathered = put(List.copyOf(results));
      results.forEach(this::drop);
      submit(List.of(), List.of(gathered));
      drop(gathered);
    } else {
      results.forEach(name -> get(name, true));
    }
  }

  /// Calls that each take what the one before made, whose handle is not kept.
  private void chain() {
    String link = dice.chance(500) ? put(some(2)) : any();
    int length = 2 + dice.below(4);
    for (int i = 0; i < length; i++) {
      String next = submit(List.of(link), dice.chance(300) ? List.of(any()) : List.of());
      if (dice.chance(700)) {
        drop(link);
      }
      link = next;
    }
    if (dice.chance(500)) {
      get(link, true);
    }
  }

  /// A reference in a value in a value, handed on when nothing else holds what is inside.
  private void nest() {
    String inner = dice.chance(500) ? submit(some(1), some(1)) : put(some(2));
    int depth = 1 + dice.below(3);
    for (int i = 0; i < depth; i++) {
      String outer = put(List.of(inner));
      if (dice.chance(800)) {
        drop(inner);
      }
      inner = outer;
    }
    boolean asValue = dice.chance(500);
    submit(asValue ? List.of(inner) : List.of(), asValue ? List.of() : List.of(inner));
    if (dice.chance(600)) {
      drop(inner);
    }
  }

  /// What was read in one value goes on in a closure, while the reader lets all of it go.
  private void relay() {
    String source = any();
    String first = fresh();
    String second = fresh();
    steps.add(new Step.Get(source, List.of(first, second), true, 0));
    String result = submit(List.of(), List.of(first, second));
    drop(source);
    drop(first);
    drop(second);
    if (dice.chance(500)) {
      get(result, true);
    }
  }

  /// A call that is not wanted any more, before or after it has made calls of its own.
  private void changedMind() {
    String result = submit(some(2), some(1));
    if (dice.chance(700)) {
      steps.add(new Step.Compute(little()));
    }
    if (dice.chance(600)) {
      steps.add(new Step.Cancel(result, dice.chance(700)));
    }
    if (dice.chance(400)) {
      drop(result);
    } else {
      get(result, true);
    }
  }

  /// What a call has made and returned is read, kept and handed on a while after its end: its
  /// worker may be dead by then.
  private void bequest() {
    String result = submit(some(2), some(1));
    List<String> inside = List.of(fresh(), fresh(), fresh());
    steps.add(new Step.Get(result, inside, true, 0));
    if (dice.chance(600)) {
      drop(result);
    }
    steps.add(new Step.Compute(dice.delay(MS, 20 * MS, 300 * MS)));
    String first = inside.getFirst();
    String reader = submit(List.of(first), List.of(inside.get(1)));
    if (dice.chance(400)) {
      drop(first);
    }
    if (dice.chance(300)) {
      steps.add(new Step.Keep(inside.get(1), "k" + dice.below(4)));
    }
    inside.forEach(name -> get(name, true));
    if (dice.chance(500)) {
      get(reader, true);
    }
  }

  /// Calls and values that outlive the task that makes them.
  private List<String> legacy() {
    List<String> left = new ArrayList<>();
    int count = 1 + dice.below(3);
    for (int i = 0; i < count; i++) {
      if (!weightsBehind.isEmpty() && dice.chance(600)) {
        left.add(submit(some(2), some(1)));
      } else {
        left.add(put(some(2)));
      }
    }
    return left;
  }

  /// One large value that several calls read, dropped at once.
  private void shared() {
    String value = fresh();
    steps.add(new Step.Put(value, MIB + dice.below(MIB), some(2), copies(), Keeping.ESTATE));
    int readers = 2 + dice.below(4);
    for (int i = 0; i < readers; i++) {
      submit(List.of(value), List.of());
    }
    drop(value);
  }

  // --- the end ----------------------------------------------------------------------------------

  private void finish() {
    if (dice.chance(60)) {
      steps.add(new Step.Throw(dice.chance(500)));
    } else if (dice.chance(100)) {
      steps.add(dice.below(steps.size() + 1), new Step.ThrowBefore(1 + dice.below(2)));
    } else if (dice.chance(60)) {
      steps.add(new Step.Vary());
    }
    if (inherits && dice.chance(700)) {
      List<String> inside = legacy();
      for (String other : some(2)) {
        if (!inside.contains(other)) {
          inside.add(other);
        }
      }
      steps.add(new Step.Return(size(), List.copyOf(inside)));
    } else {
      steps.add(new Step.Return(size(), some(3)));
    }
  }
}
