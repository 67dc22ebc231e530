package dev.deed.faultinjection.simulator;

import java.util.List;

/// The checkers that every run has.
final class AllChecks {
  private AllChecks() {}

  static List<Check> of(World world) {
    return List.of(
        world.successions,
        new PushCheck(),
        new FreeCheck(world),
        new ReadCheck(world),
        new TruthCheck(world),
        new AnswerCheck(world),
        new EmptyCheck(world),
        new ExecutionCheck(world),
        new BudgetCheck(),
        new CopyCheck(),
        new LossCheck(world),
        world.replicas,
        new HolderCheck(world),
        new EpochCheck(world),
        new ImageCheck(world),
        new GateCheck(world),
        new HeirListCheck(world),
        new MarkWatch(world),
        world.job);
  }

  /// Whether a core has nothing left: what a run waits for at its end.
  static boolean empty(Node node) {
    return CoreState.leftovers(node).isEmpty();
  }
}
