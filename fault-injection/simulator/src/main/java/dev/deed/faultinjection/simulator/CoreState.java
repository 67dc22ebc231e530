package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Cause;
import dev.deed.ownership.Hold;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The inside of a core as checkers see it: the only place in the simulator that knows in which form
/// the core shows it.
record CoreState(
    Map<Reference, Own> owned,
    Map<Reference, Foreign> borrows,
    String leftovers) {

  /// A record of the worker's own estate.
  record Own(
      Reference reference, boolean released, List<Cause> causes, Map<WorkerId, Hold> holders) {}

  /// A reference of another estate.
  ///
  /// @param covers messages that brought it and have not been released
  /// @param outers references to values in which it was read
  record Foreign(
      Reference reference, List<Cause> causes, List<Cover> covers, List<Reference> outers) {

    boolean needed() {
      return !causes.isEmpty();
    }
  }

  /// A message that keeps a reference at its giver.
  record Cover(WorkerId giver, long number) {}

  /// What the core of a process has now.
  static CoreState of(Node node) {
    return node.state(() -> look(node));
  }

  private static CoreState look(Node node) {
    return new CoreState(Map.of(), Map.of(), "");
  }

  Optional<Own> own(Reference reference) {
    return Optional.ofNullable(owned.get(reference));
  }

  Optional<Foreign> foreign(Reference reference) {
    return Optional.ofNullable(borrows.get(reference));
  }

  Iterable<Own> objects() {
    return owned.values();
  }

  Iterable<Foreign> borrowed() {
    return borrows.values();
  }

  /// Whether message `number` of this core is a cause of the reference.
  boolean sent(long number, Reference reference) {
    return false;
  }

  static Optional<WorkerId> executor(Node node, TaskId task) {
    return Optional.empty();
  }

  static long lineageBytes(Node node) {
    return 0;
  }

  static double cpusInUse(Node node) {
    return 0;
  }

  static long storeBytes(Node node) {
    return 0;
  }
}
