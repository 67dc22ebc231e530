package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.Hold;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Invariant 3 in a run: [FreeRule] at every survey, and what was there at the last one stays.
final class FreeCheck implements Check {
  private final World world;
  private final FreeRule rule;

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
    this.rule = new FreeRule(world);
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
    rule.look(this::judge);
    Set<Reference> spare = before;
    before = now;
    spare.clear();
    now = spare;
    deathsBefore = deaths;
  }

  /// The owner does not let the value go.
  ///
  /// A task that is executed again may bring a reference to a value that had been let go before, or
  /// that is let go while its owner has not heard that it is held by value again: it is made again
  /// when asked for. Where lineage was evicted meanwhile, it is lost and reported as such.
  private void judge(Reference reference, OwnObject own, FreeRule.Where where) {
    if (!CoreFacts.released(own)) {
      now.add(reference);
    } else if ((before.contains(reference) && !raised.contains(reference))
        || (!own.recreatable() && !world.ledger.wasLineageEvicted())) {
      throw rule.gone(reference, where);
    }
  }
}
