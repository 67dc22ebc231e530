package dev.deed.faultinjection.simulator;

import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Cause;
import dev.deed.ownership.CoreView;
import dev.deed.ownership.CoreView.ForeignReference;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.CoreView.OwnTask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The inside of a core between two events, indexed as checkers need it. What the core shows goes
/// through here only.
///
/// @param objects of the worker's own estate
/// @param foreign references of other estates
record CoreState(Map<ObjectId, OwnObject> objects, Map<Reference, ForeignReference> foreign) {

  /// What the core of a process has now.
  static CoreState of(Node node) {
    return node.state(() -> look(node.core.view()));
  }

  private static CoreState look(CoreView view) {
    Map<ObjectId, OwnObject> objects = new LinkedHashMap<>();
    view.objects().forEach(object -> objects.put(object.id(), object));
    Map<Reference, ForeignReference> foreign = new LinkedHashMap<>();
    view.foreign().forEach(reference -> foreign.put(reference.reference(), reference));
    return new CoreState(objects, foreign);
  }

  /// The owner's record of one of its objects.
  Optional<OwnObject> own(Reference reference) {
    return Optional.ofNullable(objects.get(reference.object()));
  }

  /// What a borrower keeps for a reference.
  Optional<ForeignReference> foreign(Reference reference) {
    return Optional.ofNullable(foreign.get(reference));
  }

  /// Whether the owner has let the value go, for a time or for ever.
  static boolean released(OwnObject object) {
    return object.state().equals("RELEASED");
  }

  /// Whether the value lies in stores.
  static boolean stored(OwnObject object) {
    return object.state().equals("STORED");
  }

  /// Whether this worker holds the reference for the sake of a message to `receiver`.
  boolean sentTo(WorkerId receiver, Reference reference, boolean ofOwnEstate) {
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

  /// Where the owner has recorded that a task is.
  static Optional<WorkerId> executor(Node node, TaskId id) {
    for (OwnTask task : node.core.view().tasks()) {
      if (task.id().equals(id)) {
        return Optional.ofNullable(task.executor());
      }
    }
    return Optional.empty();
  }

  /// Everything that is not empty, in words; empty when a core is at rest.
  static String leftovers(Node node) {
    CoreView view = node.core.view();
    StringBuilder text = new StringBuilder();
    view.sizes()
        .forEach((what, count) -> {
          if (count != 0) {
            text.append(count).append(' ').append(what).append(", ");
          }
        });
    return text.toString();
  }
}
