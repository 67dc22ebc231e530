package dev.deed.faultinjection.simulator;

/// Invariants 4 and 11 at rest: no table, queue or store of a living worker holds anything, and all
/// resources are back.
final class EmptyCheck implements Check {
  private final World world;

  EmptyCheck(World world) {
    this.world = world;
  }

  @Override
  public void quiescent() {
    for (Node node : world.nodes) {
      if (!world.living(node)) {
        continue;
      }
      String left = CoreState.of(node).leftovers();
      if (!left.isEmpty()) {
        throw new ViolationException("4 leak", node + " still has " + left);
      }
      if (!node.store.copies().isEmpty()) {
        throw new ViolationException("4 leak", node + " still stores " + node.store.copies());
      }
      if (CoreState.storeBytes(node) != 0 || CoreState.cpusInUse(node) != 0) {
        throw new ViolationException(
            "11 resources",
            String.format(
                "%s has %s processors and %d bytes of its store in use",
                node, CoreState.cpusInUse(node), CoreState.storeBytes(node)));
      }
    }
  }
}
