package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.CoreView.StoredCopy;
import dev.deed.ownership.Event;
import dev.deed.ownership.Member;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Invariant 13: when a put with several copies has returned, as many workers keep one, or all
/// there are; it is called lost only when all of these are dead.
final class ReplicaCheck implements Check {
  /// Who kept a copy of a value when it could first be read.
  private record Kept(CopyName name, Set<Node> holders) {}

  /// What the owner knew when it was put: who could keep a copy, and the last death.
  private record Begun(Set<WorkerId> able, long death) {}

  private final World world;
  private final Map<Reference, Kept> kept = new HashMap<>();
  private final Map<Reference, Begun> begun = new HashMap<>();

  ReplicaCheck(World world) {
    this.world = world;
  }

  @Override
  public void applying(Node node, Event event) {
    if (event instanceof Event.Put put && put.copies() > 1) {
      Set<WorkerId> able = new LinkedHashSet<>(Set.of(node.id));
      for (Member member : node.core.view().log().members()) {
        if (!member.driver()) {
          able.add(member.id());
        }
      }
      long death = node.core.view().log().lastDeath();
      begun.put(new Reference(put.object(), put.home()), new Begun(able, death));
    }
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    switch (message) {
      case Message.MakeCopy copy ->
          world.marks.hit(
              kept.containsKey(copy.reference())
                  ? Marks.Mark.REPLICA_MADE_AGAIN
                  : Marks.Mark.REPLICA_MADE);
      case Message.ToEstate(_, _, Message.EstateMessage.Declined _) ->
          world.marks.hit(Marks.Mark.REPLICA_DECLINED);
      default -> {}
    }
  }

  @Override
  public void got(Node node, long request, Reference reference, Outcome outcome) {
    int copies = world.ledger.putOf(reference).map(Ledger.PutFacts::copies).orElse(1);
    if (copies == 1 || !(outcome instanceof Outcome.Stored stored)) {
      return;
    }
    CopyName name = CopyName.of(reference, stored.value());
    Kept known = kept.get(reference);
    if (known != null && known.name.equals(name)) {
      if (known.holders.stream().anyMatch(holder -> !world.living(holder))) {
        world.marks.hit(Marks.Mark.REPLICATED_SURVIVED);
      }
      return;
    }
    Set<Node> holders = new LinkedHashSet<>();
    for (Node holder : world.nodes) {
      if (keeps(holder, name)) {
        holders.add(holder);
      }
    }
    kept.put(reference, new Kept(name, holders));
    Begun then = begun.get(reference);
    if (then != null
        && CoreState.of(node).serves(reference.estate())
        && world.successions.moves(reference.estate()) == 0
        && world.log.truth().lastDeath() == then.death
        && holders.size() < Math.min(copies, then.able.size()) - gone()) {
      throw new ViolationException(
          "13 replicas", reference + " was put with " + copies + ", and only " + holders + " keep");
    }
  }

  /// Who may have had a copy, one that has joined since perhaps, and is killed, of which the log
  /// does not tell.
  private long gone() {
    return world.log.truth().members().stream()
        .filter(member -> !member.driver() && world.node(member.id()).gone())
        .count();
  }

  private static boolean keeps(Node node, CopyName name) {
    if (node.gone()) {
      return false;
    }
    for (StoredCopy copy : node.core.view().copies()) {
      if (copy.name().equals(name)) {
        return copy.primary();
      }
    }
    return false;
  }

  /// Whether a put may be called lost: nobody lives that kept a copy when it could first be read,
  /// or, if it never could, who put it.
  boolean mayBeLost(Reference reference, Ledger.PutFacts put) {
    Kept known = kept.get(reference);
    if (put.copies() > 1 && known != null) {
      return known.holders.stream().noneMatch(world::living);
    }
    // One that is put again is known with its next owner before that has put it.
    return put.times() > 1 || !world.living(put.owner());
  }
}
