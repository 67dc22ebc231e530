package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Cause;
import dev.deed.ownership.CoreView.ForeignReference;
import dev.deed.ownership.CoreView.OwnObject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What a core has, between two of its events, as the rules about references look at it.
public interface CoreFacts {

  /// Whether the worker serves the estate, and its records are complete.
  default boolean serves(EstateId estate) {
    return true;
  }

  /// All objects of the estates that the worker serves.
  Collection<OwnObject> objects();

  /// All references of other estates.
  Collection<ForeignReference> foreign();

  /// The owner's record of one of its objects.
  Optional<OwnObject> own(Reference reference);

  /// What a borrower keeps for a reference.
  Optional<ForeignReference> foreign(Reference reference);

  /// Whether this worker holds the reference for the sake of a message to `receiver`.
  default boolean sentTo(WorkerId receiver, Reference reference, boolean ofOwnEstate) {
    List<Cause> causes =
        ofOwnEstate
            ? own(reference).map(OwnObject::causes).orElse(List.of())
            : foreign(reference).map(ForeignReference::causes).orElse(List.of());
    for (Cause cause : causes) {
      if (cause instanceof Cause.Sent(WorkerId to, _) && to.equals(receiver)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the owner has let the value go, for a time or for ever.
  static boolean released(OwnObject object) {
    return object.state().equals("RELEASED");
  }
}
