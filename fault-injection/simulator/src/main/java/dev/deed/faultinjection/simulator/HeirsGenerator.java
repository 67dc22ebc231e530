package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.ArrayList;
import java.util.List;

/// Draws how the estates of a plan are kept, and what goes wrong with their heirs.
final class HeirsGenerator {
  private static final int MOST_FAULTS = 6;
  private static final long MS = 1_000_000;
  private static final long MOST_IMAGE_BYTES = 256L << 20;

  private final Dice dice;

  HeirsGenerator(Draws draws) {
    this.dice = draws.dice(Purpose.HEIRS, 0);
  }

  /// How estates are kept.
  HeirsConfig config(HeirsChoice choice) {
    int drawn = dice.below(1_000);
    Mode mode =
        switch (choice) {
          case DRAWN -> drawn < 400 ? Mode.NONE : drawn < 750 ? Mode.ASYNC : Mode.SYNC;
          case NONE -> Mode.NONE;
          case ASYNC -> Mode.ASYNC;
          case SYNC -> Mode.SYNC;
        };
    if (mode == Mode.NONE) {
      return HeirsConfig.NONE;
    }
    boolean narrow = dice.chance(300);
    return new HeirsConfig(
        mode,
        1 + dice.below(2),
        dice.chance(200) ? dice.below(2) * (5 * MS) : MS,
        narrow ? 100 + dice.below(2_000) : 64 << 10,
        narrow ? 500 + dice.below(8_000) : 1 << 20,
        20 * MS,
        MOST_IMAGE_BYTES);
  }

  /// How many workers there are more than without heirs: some are to live.
  int moreWorkers() {
    return 1 + dice.below(2);
  }

  /// How many of a thousand messages of the heirs' channel are lost.
  int lossPerThousand(HeirsConfig config) {
    // Where each event is a batch of its own, every loss has much repeated.
    if (config.batchNs() == 0 || config.mode() == Mode.SYNC) {
      return dice.below(10);
    }
    return dice.chance(250) ? dice.below(60) : dice.below(4);
  }

  /// What goes wrong besides other faults, with so many workers and a program that takes about so
  /// long.
  List<Fault> faults(int workers, long soonNs) {
    List<Fault> faults = new ArrayList<>();
    int count = dice.below(MOST_FAULTS + 1);
    for (int i = 0; i < count; i++) {
      faults.add(fault(workers, dice.between(0, soonNs)));
    }
    return List.copyOf(faults);
  }

  private Fault fault(int workers, long at) {
    int worker = 1 + dice.below(workers);
    int other = 1 + (worker + dice.below(workers - 1)) % workers;
    long shortly = dice.between(MS, 300 * MS);
    return switch (dice.below(10)) {
      case 0 -> new Fault.CutHeirs(at, worker, other, shortly);
      case 1, 2 -> new Fault.LagHeir(at, worker, shortly, dice.between(MS, 50 * MS));
      case 3 -> new Fault.CrashWithHeirs(at, worker, 1 + dice.below(2), dice.between(0, 5 * MS));
      case 4, 5 -> new Fault.CrashSuccessor(at, worker, dice.between(0, 8 * MS));
      case 6 -> new Fault.Pause(at, worker, dice.between(400 * MS, 900 * MS));
      case 7 -> new Fault.CrashUnheard(at, worker, shortly);
      default -> new Fault.Crash(at, worker);
    };
  }
}
