package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.Hold;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.TaskOutcome;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Invariant 3: no object is given up while a living worker's program, or a message on its way to a
/// living worker, has a reference to it. Programs and links are the simulator's own knowledge; of
/// the owner only what it still has is looked at.
final class FreeCheck implements Check {
  private final World world;

  /// What was demanded and there at the last survey.
  private Set<Reference> before = new HashSet<>();

  private Set<Reference> now = new HashSet<>();
  private long deathsBefore;

  /// Who told an owner that it holds a reference for lineage alone.
  private record Told(Node holder, Reference reference) {}

  private final Set<Told> forLineage = new HashSet<>();

  /// What somebody who held it for lineage alone came to hold by value.
  private final Set<Reference> raised = new HashSet<>();

  FreeCheck(World world) {
    this.world = world;
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    if (message instanceof Message.ToEstate(EstateId estate, _, EstateMessage told)) {
      switch (told) {
        case EstateMessage.Registration(ObjectId object, Hold hold) ->
            told(from, new Reference(object, estate), hold);
        case EstateMessage.ReleaseKeeping release -> told(from, estate, release.kept());
        case EstateMessage.TaskReply reply -> told(from, estate, reply.kept());
        default -> {}
      }
    }
  }

  private void told(Node holder, EstateId estate, List<Message.Kept> kept) {
    kept.forEach(one -> told(holder, new Reference(one.object(), estate), one.hold()));
  }

  private void told(Node holder, Reference reference, Hold hold) {
    Told told = new Told(holder, reference);
    switch (hold) {
      case LINEAGE -> forLineage.add(told);
      case VALUE -> {
        if (forLineage.contains(told)) {
          raised.add(reference);
        }
      }
      case NONE -> {}
    }
  }

  @Override
  public void survey() {
    long deaths = world.log.truth().lastDeath();
    if (deaths != deathsBefore) {
      before.clear();
    }
    look();
    Set<Reference> spare = before;
    before = now;
    spare.clear();
    now = spare;
    deathsBefore = deaths;
  }

  private void look() {
    for (Node holder : world.nodes) {
      if (!world.living(holder)) {
        continue;
      }
      holder.handles.values().forEach(r -> demand(r, "a handle of " + holder));
      for (TaskSpec spec : holder.executor.waiting()) {
        needed(spec, "a task that waits at " + holder);
      }
      for (Node sender : world.nodes) {
        if (sender != holder && world.living(sender)) {
          carried(sender, holder);
        }
      }
    }
  }

  private void carried(Node sender, Node receiver) {
    for (Message message : world.links.flying(sender, receiver)) {
      String where = "a message from " + sender + " to " + receiver;
      switch (message) {
        case Message.TaskPush push -> needed(push.spec(), where);
        case Message.ToEstate(_, _, Message.EstateMessage.TaskReply reply)
            when reply.outcome() instanceof TaskOutcome.Returned(List<Outcome> results) ->
            results.forEach(result -> inside(result).forEach(r -> demand(r, where)));
        default -> {}
      }
    }
  }

  private static List<Reference> inside(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Inline inline -> inline.value().references();
      case Outcome.Stored stored -> stored.value().references();
      case Outcome.Failed _ -> List.of();
    };
  }

  private void needed(TaskSpec spec, String where) {
    spec.captured().forEach(r -> demand(r, where));
    for (Argument argument : spec.arguments()) {
      switch (argument) {
        case Argument.Pending(Reference r) -> demand(r, where);
        case Argument.Inline inline -> inline.value().references().forEach(r -> demand(r, where));
        case Argument.Stored(Reference r, StoredValue value, _) -> {
          demand(r, where);
          // The value holds what is inside, and goes with its owner: then nobody gets to read it.
          if (world.living(world.node(r.estate().creator()))) {
            value.references().forEach(inner -> demand(inner, where));
          }
        }
      }
    }
  }

  /// The owner, if it lives, has the record, and does not let the value go.
  ///
  /// A task that is executed again may bring a reference to a value that had been let go before, or
  /// that is let go while its owner has not heard that it is held by value again: it is made again
  /// when asked for. Where lineage was evicted meanwhile, it is lost and reported as such.
  private void demand(Reference reference, String where) {
    Node owner = world.node(reference.estate().creator());
    if (!world.living(owner)) {
      return;
    }
    Optional<OwnObject> own = CoreState.of(owner).own(reference);
    if (own.isEmpty()) {
      throw new ViolationException(
          "3 early free", owner + " has no record of " + reference + ", which has " + where);
    }
    if (!CoreState.released(own.get())) {
      now.add(reference);
    } else if ((before.contains(reference) && !raised.contains(reference))
        || (!own.get().recreatable() && !world.ledger.wasLineageEvicted())) {
      throw new ViolationException(
          "3 early free", owner + " let " + reference + " go, which has " + where);
    }
  }
}
