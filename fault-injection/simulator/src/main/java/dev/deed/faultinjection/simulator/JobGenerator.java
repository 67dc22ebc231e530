package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import java.util.ArrayList;
import java.util.List;

/// Draws whether the main program of a plan is that of a job that is resumed, and when its drivers
/// die.
final class JobGenerator {
  private static final int MOST_DEATHS = 3;

  private final Dice dice;

  JobGenerator(Draws draws) {
    this.dice = draws.dice(Purpose.JOB, 0);
  }

  /// How often it is resumed at most; 0 for a program that ends with its driver.
  int resumptions() {
    return dice.chance(350) ? 1 + dice.below(MOST_DEATHS) : 0;
  }

  /// What happens to the drivers of a job whose program takes about so long.
  List<Fault> faults(int resumptions, long soonNs) {
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < resumptions; i++) {
      long at = dice.between(0, (i + 1) * soonNs);
      faults.add(new Fault.CrashDriver(at, dice.chance(400) ? dice.between(0, soonNs / 4) : -1));
    }
    return faults;
  }
}
