package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Payload;
import java.util.List;

/// A task's code as data.
record Script(String name, List<Step> steps) {

  /// Whether each execution makes the same value.
  boolean deterministic() {
    for (Step step : steps) {
      if (step instanceof Step.Vary) {
        return false;
      }
    }
    return true;
  }

  /// Whether its code may throw by itself.
  boolean throwing() {
    for (Step step : steps) {
      if (step instanceof Step.Throw || step instanceof Step.ThrowBefore) {
        return true;
      }
    }
    return false;
  }

  /// The function of a task that runs script number `index` of the plan.
  static Payload function(int index) {
    return Payload.of(new byte[] {'s', (byte) (index >>> 8), (byte) index});
  }

  /// The number that [#function] wrote.
  static int indexOf(Payload function) {
    byte[] bytes = function.bytes();
    return (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff);
  }
}
