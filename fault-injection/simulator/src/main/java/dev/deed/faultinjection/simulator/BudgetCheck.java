package dev.deed.faultinjection.simulator;

import dev.deed.ownership.CoreView;

/// Invariants 10 and 11: lineage and store stay within their budgets.
final class BudgetCheck implements Check {

  @Override
  public void stepped(Node node) {
    CoreView view = node.core.view();
    long stored = view.storedBytes() + view.reservedBytes();
    check(node, view.lineageBytes(), stored);
  }

  /// The check itself, on numbers.
  static void check(Node node, long lineage, long stored) {
    if (lineage < 0 || lineage > node.config.lineageBudgetBytes()) {
      throw new ViolationException("10 lineage budget", node + " keeps " + lineage + " bytes");
    }
    if (stored < 0 || stored > node.config.storeBytes()) {
      throw new ViolationException(
          "11 resources", node + " counts " + stored + " bytes in its store");
    }
  }
}
