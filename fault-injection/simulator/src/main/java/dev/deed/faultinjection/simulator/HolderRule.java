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
public final class HolderRule {
  /// A reference at a worker.
  private record Place(WorkerView worker, Reference reference) {}

  private final ClusterView cluster;

  /// A rule for this cluster.
  public HolderRule(ClusterView cluster) {
    this.cluster = cluster;
  }

  /// Looks at every cause that there is; throws a [ViolationException] where the rule is broken.
  public void survey() {
    for (WorkerView worker : cluster.workers()) {
      if (cluster.living(worker)) {
        for (ForeignReference foreign : worker.facts().foreign()) {
          if (!foreign.causes().isEmpty()) {
            demand(worker, foreign);
          }
        }
      }
    }
  }

  private void demand(WorkerView holder, ForeignReference foreign) {
    WorkerView owner = cluster.server(foreign.reference().estate()).orElse(null);
    if (owner != null && !grounded(holder, foreign.reference(), Hold.LINEAGE, new HashSet<>())) {
      throw new ViolationException(
          "12 holders",
          String.format(
              "%s has causes %s for %s, is not registered at %s and has no cover: %s",
              holder, foreign.causes(), foreign.reference(), owner, foreign));
    }
  }

  /// Whether the owner keeps the object for the holder's sake: it is the owner, is dead (and not
  /// clear), is registered, or is covered by one for whom the same is true. Two that cover each
  /// other don't count. Nobody is asked for an object whose record was lost, nor while an estate
  /// passes from one server to the next.
  ///
  /// @param least what the owner must keep: the value, where it covers what stands inside it
  private boolean grounded(WorkerView holder, Reference reference, Hold least, Set<Place> seen) {
    WorkerView owner = cluster.server(reference.estate()).orElse(null);
    if (owner == null
        || holder.equals(owner)
        || !cluster.living(holder)
        || cluster.lost(reference)
        || registered(holder, owner, reference, least)) {
      return true;
    }
    if (!seen.add(new Place(holder, reference))) {
      return false;
    }
    // A release that says what is kept covers until it arrives: the giver holds on, whatever the
    // receiver has written down. So all workers are asked, not only those that the holder names.
    for (WorkerView giver : cluster.workers()) {
      if (!giver.equals(holder)
          && gives(giver, holder, reference)
          && grounded(giver, reference, least, seen)) {
        return true;
      }
    }
    for (Reference outer :
        holder.facts().foreign(reference).map(ForeignReference::outers).orElse(List.of())) {
      WorkerView keeper = cluster.server(outer.estate()).orElse(null);
      if (keeper == null
          || (grounded(holder, outer, Hold.VALUE, seen)
              && grounded(keeper, reference, least, seen))) {
        return true;
      }
    }
    return false;
  }

  private static boolean registered(
      WorkerView holder, WorkerView owner, Reference reference, Hold least) {
    Optional<OwnObject> own = owner.facts().own(reference);
    return own.isPresent()
        && own.get().holders().getOrDefault(holder.id(), Hold.NONE).compareTo(least) >= 0;
  }

  /// Whether the giver holds the reference for the holder's sake, or is dead and not clear.
  private boolean gives(WorkerView giver, WorkerView holder, Reference reference) {
    long death = cluster.truth().deathOf(giver.id());
    if (death > 0 || giver.gone()) {
      return death == 0 || death > cluster.truth().clear();
    }
    boolean ofOwnEstate = cluster.server(reference.estate()).filter(giver::equals).isPresent();
    return giver.facts().sentTo(holder.id(), reference, ofOwnEstate);
  }

  /// At rest holders are exactly the workers with causes.
  public void quiescent() {
    for (WorkerView owner : cluster.workers()) {
      if (!cluster.living(owner)) {
        continue;
      }
      for (OwnObject own : owner.facts().objects()) {
        Reference reference = own.reference();
        for (WorkerId id : own.holders().keySet()) {
          WorkerView worker = cluster.worker(id);
          boolean has =
              cluster.living(worker)
                  && worker
                      .facts()
                      .foreign(reference)
                      .filter(foreign -> !foreign.causes().isEmpty())
                      .isPresent();
          if (!has) {
            throw new ViolationException(
                "12 holders", owner + " counts " + worker + " for " + reference);
          }
        }
      }
    }
  }
}
