package dev.deed.faultinjection.simulator;

import dev.deed.ownership.CoreView;
import java.util.stream.Stream;

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
        throw new ViolationException("4 leak", node + " still has " + left + details(node));
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

  /// The first few entries of each table.
  private static String details(Node node) {
    CoreView view = node.core.view();
    StringBuilder text = new StringBuilder();
    Stream.of(view.objects(), view.tasks(), view.foreign(), view.executions(), view.copies())
        .flatMap(table -> table.stream().limit(3))
        .forEach(entry -> text.append("\n    ").append(entry));
    return node.world.trace.readable(text.toString());
  }
}
