package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.papers.nsdi21.Executions.Execution;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What was executed, as the tasks themselves noted it.
///
/// @param begun executions that began
/// @param lost those of them that never ended
/// @param again those of a task that had begun before
/// @param againByStage the same, by the kind of task
/// @param againSeconds time that those took together
record Executed(
    int begun, int lost, int again, Map<String, Integer> againByStage, double againSeconds) {
  static final Executed NOTHING = new Executed(0, 0, 0, Map.of(), 0);

  static Executed of(List<Execution> executions) {
    Set<String> known = new HashSet<>();
    Map<String, Integer> byStage = new TreeMap<>();
    int lost = 0;
    long againMs = 0;
    for (Execution execution : executions) {
      lost += execution.endedMs().isEmpty() ? 1 : 0;
      if (!known.add(execution.stage() + " " + execution.number())) {
        byStage.merge(execution.stage(), 1, Integer::sum);
        againMs += execution.endedMs().orElse(execution.beganMs()) - execution.beganMs();
      }
    }
    int again = byStage.values().stream().mapToInt(Integer::intValue).sum();
    return new Executed(executions.size(), lost, again, byStage, againMs / 1e3);
  }

  /// `1 execution was cut off, and 1 was made again`.
  String inWords() {
    return lost
        + (lost == 1 ? " execution was" : " executions were")
        + " cut off, and "
        + again
        + (again == 1 ? " was" : " were")
        + " made again";
  }

  /// `9 map, 1 merge`, or `none`.
  String againInWords() {
    return againByStage.isEmpty()
        ? "none"
        : againByStage.entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
  }
}
