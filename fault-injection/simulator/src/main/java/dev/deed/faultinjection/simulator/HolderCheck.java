package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CoreView.ForeignReference;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.Hold;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Invariant 12: a living worker with a cause for a foreign reference is registered at the owner,
/// or has a cover whose giver lives and holds it, or is dead and not clear. Covers lead to the
/// owner: there are no circles.
final class HolderCheck implements Check {
  /// A reference at a worker.
  private record Place(Node node, Reference reference) {}

  private final World world;

  HolderCheck(World world) {
    this.world = world;
  }

  @Override
  public void survey() {
    for (Node node : world.nodes) {
      if (world.living(node)) {
        for (ForeignReference foreign : CoreState.of(node).foreign()) {
          if (!foreign.causes().isEmpty()) {
            demand(node, foreign);
          }
        }
      }
    }
  }

  private void demand(Node holder, ForeignReference foreign) {
    Node owner = world.node(foreign.reference().estate().creator());
    if (world.living(owner)
        && !grounded(holder, foreign.reference(), Hold.LINEAGE, new HashSet<>())) {
      throw new ViolationException(
          "12 holders",
          String.format(
              "%s has causes %s for %s, is not registered at %s and has no cover: %s",
              holder, foreign.causes(), foreign.reference(), owner, foreign));
    }
  }

  /// Whether the owner keeps the object for the holder's sake: it is the owner, or is registered,
  /// or is covered by one for whom the same is true. Two that cover each other don't count.
  ///
  /// @param least what the owner must keep: the value, where it covers what stands inside it
  private boolean grounded(Node holder, Reference reference, Hold least, Set<Place> seen) {
    Node owner = world.node(reference.estate().creator());
    if (holder == owner || !world.living(owner) || registered(holder, owner, reference, least)) {
      return true;
    }
    if (!seen.add(new Place(holder, reference))) {
      return false;
    }
    // A release that says what is kept covers until it arrives: the giver holds on, whatever the
    // receiver has written down. So all workers are asked, not only those that the holder names.
    for (Node giver : world.nodes) {
      if (giver != holder
          && gives(giver, holder, reference)
          && grounded(giver, reference, least, seen)) {
        return true;
      }
    }
    for (Reference outer :
        CoreState.of(holder).foreign(reference).map(ForeignReference::outers).orElse(List.of())) {
      Node keeper = world.node(outer.estate().creator());
      if (!world.living(keeper)
          || (grounded(holder, outer, Hold.VALUE, seen)
              && grounded(keeper, reference, least, seen))) {
        return true;
      }
    }
    return world.log.truth().dead(holder.id) || holder.gone();
  }

  private static boolean registered(Node holder, Node owner, Reference reference, Hold least) {
    Optional<OwnObject> own = CoreState.of(owner).own(reference);
    return own.isPresent()
        && own.get().holders().getOrDefault(holder.id, Hold.NONE).compareTo(least) >= 0;
  }

  /// Whether the giver holds the reference for the holder's sake, or is dead and not clear.
  private boolean gives(Node giver, Node holder, Reference reference) {
    long death = world.log.truth().deathOf(giver.id);
    if (death > 0 || giver.gone()) {
      return death == 0 || death > world.log.truth().clear();
    }
    return CoreState.of(giver)
        .sentTo(holder.id, reference, reference.estate().equals(giver.estate));
  }

  @Override
  public void quiescent() {
    for (Node owner : world.nodes) {
      if (!world.living(owner)) {
        continue;
      }
      for (OwnObject own : CoreState.of(owner).objects()) {
        Reference reference = own.reference();
        for (WorkerId id : own.holders().keySet()) {
          Node node = world.node(id);
          boolean has =
              world.living(node)
                  && CoreState.of(node)
                      .foreign(reference)
                      .filter(foreign -> !foreign.causes().isEmpty())
                      .isPresent();
          if (!has) {
            throw new ViolationException(
                "12 holders", owner + " counts " + node + " for " + reference);
          }
        }
      }
    }
  }
}
