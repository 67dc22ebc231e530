package dev.deed.faultinjection.simulator;

/// Invariants 10 and 11: lineage stays within its budget, processors in use never below none.
final class BudgetCheck implements Check {

  @Override
  public void stepped(Node node) {
    long lineage = CoreState.lineageBytes(node);
    if (lineage < 0 || lineage > node.config.lineageBudgetBytes()) {
      throw new ViolationException("10 lineage budget", node + " keeps " + lineage + " bytes");
    }
    if (CoreState.cpusInUse(node) < 0) {
      throw new ViolationException(
          "11 resources", node + " has " + CoreState.cpusInUse(node) + " processors in use");
    }
    if (CoreState.storeBytes(node) < 0
        || CoreState.storeBytes(node) > node.config.storeBytes()) {
      throw new ViolationException(
          "11 resources", node + " counts " + CoreState.storeBytes(node) + " bytes in its store");
    }
  }
}
