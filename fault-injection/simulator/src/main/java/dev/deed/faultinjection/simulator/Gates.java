package dev.deed.faultinjection.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Named gates at which scripts wait until a story opens them; an open gate stays open.
final class Gates {
  private final Set<String> open = new HashSet<>();
  private final Map<String, List<Runnable>> waiting = new HashMap<>();

  boolean isOpen(String gate) {
    return open.contains(gate);
  }

  /// Calls back once the gate is opened.
  void wait(String gate, Runnable then) {
    waiting.computeIfAbsent(gate, _ -> new ArrayList<>()).add(then);
  }

  /// Lets all pass that wait here, and all that come.
  void open(String gate) {
    open.add(gate);
    List<Runnable> all = waiting.remove(gate);
    if (all != null) {
      all.forEach(Runnable::run);
    }
  }
}
