package dev.deed.faultinjection.simulator;

import dev.deed.ownership.CoreView;

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
      String left = CoreState.leftovers(node);
      if (!left.isEmpty()) {
        throw new ViolationException("4 leak", node + " still has " + left);
      }
      if (!node.store.copies().isEmpty()) {
        throw new ViolationException("4 leak", node + " still stores " + node.store.copies());
      }
      CoreView view = node.core.view();
      if (!view.resourcesIdle() || view.storedBytes() != 0 || view.reservedBytes() != 0) {
        throw new ViolationException(
            "11 resources",
            String.format(
                "%s has %d bytes stored, %d reserved, and its processors are %s",
                node,
                view.storedBytes(),
                view.reservedBytes(),
                view.resourcesIdle() ? "idle" : "in use"));
      }
      if (view.lineageBytes() != 0) {
        throw new ViolationException("4 leak", node + " counts lineage of " + view.lineageBytes());
      }
    }
  }
}
