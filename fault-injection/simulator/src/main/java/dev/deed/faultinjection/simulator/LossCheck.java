package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Reference;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Invariant 7, the copies: a value is called lost only when no living worker has a copy of it, nor
/// one on its way. (A member answers a death when what the dead one was sending it has come or
/// failed, protocol.md §6.3.)
final class LossCheck implements Check {
  private final World world;

  /// The last value that was written of each object.
  private final Map<Reference, CopyName> written = new HashMap<>();

  /// Values that their owners gave up when nobody held them.
  private final Set<CopyName> givenUp = new HashSet<>();

  LossCheck(World world) {
    this.world = world;
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    if (message instanceof Message.FreeCopy(CopyName copy)) {
      givenUp.add(copy);
    }
  }

  @Override
  public void deleted(Node node, CopyName name, boolean open) {
    if (CoreState.of(node).serves(name.reference().estate())) {
      givenUp.add(name);
    }
  }

  @Override
  public void stored(Node node, CopyName name) {
    if (name.writer().equals(node.id)) {
      written.merge(name.reference(), name, (a, b) -> a.edition() > b.edition() ? a : b);
      return;
    }
    WorkerView owner = world.server(name.reference().estate()).orElse(null);
    if (owner == null) {
      return;
    }
    boolean lost =
        owner
            .facts()
            .own(name.reference())
            .map(OwnObject::failure)
            .filter(LossCheck::isLoss)
            .isPresent();
    if (lost && world.living(node) && counts(name)) {
      throw early(owner, node, name);
    }
  }

  @Override
  public void got(Node node, long request, Reference reference, Outcome outcome) {
    CopyName name = written.get(reference);
    WorkerView owner = world.server(reference.estate()).orElse(null);
    if (!(outcome instanceof Outcome.Failed(Failure failure))
        || !isLoss(failure.kind())
        || name == null
        || owner == null
        || !counts(name)) {
      return;
    }
    for (Node holder : world.nodes) {
      if (world.living(holder) && holder.store.copy(name).isPresent()) {
        throw early(owner, holder, name);
      }
    }
  }

  /// Whether it is the value that was lost, if one was.
  private boolean counts(CopyName name) {
    return name.equals(written.get(name.reference())) && !givenUp.contains(name);
  }

  private static boolean isLoss(Failure.Kind kind) {
    return switch (kind) {
      case LOST_NO_LINEAGE, LOST_LINEAGE_EVICTED, LOST_RETRIES_EXHAUSTED, LOST_PUT -> true;
      default -> false;
    };
  }

  private static ViolationException early(WorkerView owner, Node holder, CopyName name) {
    return new ViolationException(
        "7 loss", owner + " calls lost " + name + ", of which " + holder + " has a copy");
  }
}
