package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Draws what goes wrong in a run: single faults, and several that come close together.
final class FaultGenerator {
  private static final int MOST_FAULTS = 12;
  private static final long MS = 1_000_000;

  /// About how long a program takes for each of its tasks.
  private static final long TASK_NS = MS / 4;

  private static final long LATE_NS = 2_000 * MS;

  /// Kinds of messages that carry references and values, or say what is held.
  static final List<String> ABOUT_REFERENCES =
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
          "MakeCopy",
          "Declined",
          "FreeCopy",
          "ValueRequest",
          "ValueAnswer");

  /// Kinds of messages that a plan may make late.
  private static final List<String> DELAYED =
      Stream.concat(ABOUT_REFERENCES.stream(), Stream.of("LeaseGrant", "LeaseReturn", "TaskCancel"))
          .toList();

  private FaultGenerator() {}

  /// The faults of a seed, for a driver and so many workers, and a program of about so many tasks.
  static List<Fault> faults(long seed, Draws draws, int workers, int tasks) {
    long soonNs = durationNs(tasks);
    Dice dice = draws.dice(Purpose.FAULTS, seed);
    List<Fault> faults = new ArrayList<>();
    int count = dice.below(MOST_FAULTS + 1);
    // Those of one group happen within a few messages of each other.
    long together = dice.chance(400) ? dice.between(0, soonNs) : -1;
    for (int i = 0; i < count; i++) {
      Dice own = draws.dice(Purpose.FAULTS, seed + 1 + i);
      faults.add(fault(own, workers, when(own, soonNs, together)));
    }
    return List.copyOf(faults);
  }

  /// About how long a program of so many tasks takes.
  static long durationNs(int tasks) {
    return tasks * TASK_NS;
  }

  private static long when(Dice dice, long soonNs, long together) {
    if (together >= 0 && dice.chance(500)) {
      return together + dice.between(0, 3 * MS);
    }
    return dice.between(0, dice.chance(750) ? soonNs : LATE_NS);
  }

  private static Fault fault(Dice dice, int workers, long at) {
    // Late joiners come behind those that are there from the beginning, and may fail as well.
    int worker = 1 + dice.below(workers + 2);
    int from = dice.below(workers + 1);
    int to = (from + 1 + dice.below(workers)) % (workers + 1);
    long shortly = dice.between(MS, 300 * MS);
    return switch (dice.below(24)) {
      case 0, 1, 2, 3, 4, 5 -> new Fault.Crash(at, worker);
      case 6 -> new Fault.Crash(at, dice.chance(150) ? 0 : worker);
      case 7, 8 -> new Fault.Pause(at, worker, dice.between(MS, 800 * MS));
      case 9 -> new Fault.Cut(at, from, to, shortly);
      case 10 -> new Fault.CutFromLog(at, worker, dice.between(MS, 900 * MS));
      case 11, 12 -> new Fault.Break(at, from, to, shortly);
      case 13 -> new Fault.Slow(at, from, to, shortly, dice.between(MS, 50 * MS));
      case 14 -> new Fault.LogOutage(at, dice.between(MS, 200 * MS));
      case 15, 16, 17 -> new Fault.Join(at, 1 + dice.below(2));
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
}
