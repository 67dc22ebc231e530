package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.CoreState.Foreign;
import dev.deed.faultinjection.simulator.CoreState.Own;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Hold;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Invariant 12: a living worker with a cause for a foreign reference is registered at the owner, or
/// has a cover whose giver lives and holds it, or is dead and not clear.
final class HolderCheck implements Check {
  private final World world;

  HolderCheck(World world) {
    this.world = world;
  }

  @Override
  public void survey() {
    for (Node node : world.nodes) {
      if (world.living(node)) {
        for (Foreign foreign : CoreState.of(node).borrowed()) {
          if (foreign.needed()) {
            demand(node, foreign);
          }
        }
      }
    }
  }

  private void demand(Node holder, Foreign foreign) {
    Node owner = world.node(foreign.reference().estate().creator());
    if (!world.living(owner)) {
      return;
    }
    if (!registered(holder, owner, foreign.reference())
        && !covered(holder, foreign, new HashSet<>())) {
      throw new ViolationException(
          "12 holders",
          String.format(
              "%s has causes %s for %s, is not registered at %s and has no cover",
              holder, foreign.causes(), foreign.reference(), owner));
    }
  }

  private static boolean registered(Node holder, Node owner, Reference reference) {
    Optional<Own> own = CoreState.of(owner).own(reference);
    return own.isPresent()
        && own.get().holders().getOrDefault(holder.id, Hold.NONE) != Hold.NONE;
  }

  private boolean covered(Node holder, Foreign foreign, Set<Reference> seen) {
    if (!seen.add(foreign.reference())) {
      return false;
    }
    for (CoreState.Cover cover : foreign.covers()) {
      if (holds(cover.giver(), cover.number(), foreign.reference())) {
        return true;
      }
    }
    for (Reference outer : foreign.outers()) {
      Node outerOwner = world.node(outer.estate().creator());
      if (!world.living(outerOwner) || registered(holder, outerOwner, outer)) {
        return true;
      }
      Optional<Foreign> above = CoreState.of(holder).foreign(outer);
      if (above.isPresent() && covered(holder, above.get(), seen)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the giver holds the reference for the sake of that message, or is dead and not clear.
  private boolean holds(WorkerId giverId, long number, Reference reference) {
    Node giver = world.node(giverId);
    long death = world.log.truth().deathOf(giverId);
    if (death > 0) {
      return death > world.log.truth().clear();
    }
    return giver.gone() || CoreState.of(giver).sent(number, reference);
  }

  @Override
  public void quiescent() {
    for (Node owner : world.nodes) {
      if (!world.living(owner)) {
        continue;
      }
      for (Own own : CoreState.of(owner).objects()) {
        for (Map.Entry<WorkerId, Hold> holder : own.holders().entrySet()) {
          Node node = world.node(holder.getKey());
          if (!world.living(node)
              || CoreState.of(node).foreign(own.reference()).filter(Foreign::needed).isEmpty()) {
            throw new ViolationException(
                "12 holders", owner + " counts " + node + " for " + own.reference());
          }
        }
      }
    }
  }
}
