package dev.deed.faultinjection.simulator;

import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Invariants 5 and 6, the values: whoever reads an object reads what its task makes, and two
/// readers never see different values unless the task varies and a failure took the first.
final class ReadCheck implements Check {
  private record Seen(long digest, List<ObjectId> inside) {}

  private final World world;
  private final Map<Reference, Seen> first = new HashMap<>();

  ReadCheck(World world) {
    this.world = world;
  }

  @Override
  public void read(Node node, Reference reference, long digest, List<Reference> inside) {
    if (!world.ledger.wasMade(reference, digest)) {
      throw new ViolationException(
          "5 right value", node + " read a value of " + reference + " that nobody made");
    }
    if (!world.living(node)) {
      return; // The user code of a dead worker may run on; nothing of it is accepted.
    }
    Seen now = new Seen(digest, inside.stream().map(Reference::object).toList());
    Seen before = first.putIfAbsent(reference, now);
    if (before == null) {
      return;
    }
    // A copy of the value that was lost may arrive after its task has been executed again.
    boolean repeated = times(reference) > 1 && world.log.truth().lastDeath() > 0;
    boolean same = before.digest == digest && before.inside.equals(now.inside);
    // What stands inside may depend on which of the reads that it made itself came to an end.
    boolean varies = !world.ledger.task(reference).map(f -> f.script.deterministic()).orElse(true);
    if (!same && !(repeated && (varies || before.digest == digest))) {
      throw new ViolationException(
          "6 agreement", node + " read another value of " + reference + " than the first reader");
    }
    if (repeated) {
      first.put(reference, now);
    }
  }

  /// How often the value was made, or can have been.
  private int times(Reference reference) {
    return world
        .ledger
        .task(reference)
        .map(facts -> facts.executions.size())
        .or(() -> world.ledger.putOf(reference).map(Ledger.PutFacts::times))
        .orElse(0);
  }
}
