package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CoreView;
import dev.deed.ownership.CoreView.ForeignReference;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.CoreView.OwnTask;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The inside of a core between two of its events. What the core shows goes through here only, and
/// is looked at once, when a checker asks for it.
final class CoreState implements CoreFacts {
  private final CoreView view;
  private final Map<Reference, Optional<OwnObject>> objects = new HashMap<>();
  private final Map<Reference, Optional<ForeignReference>> foreign = new HashMap<>();
  private @Nullable List<ForeignReference> allForeign;
  private @Nullable List<EstateId> estates;

  CoreState(CoreView view) {
    this.view = view;
  }

  /// What the core of a process has now.
  static CoreState of(Node node) {
    return node.state();
  }

  @Override
  public boolean serves(EstateId estate) {
    List<EstateId> all = estates;
    if (all == null) {
      all = view.estates();
      estates = all;
    }
    return all.contains(estate);
  }

  @Override
  public List<OwnObject> objects() {
    return view.objects();
  }

  @Override
  public List<ForeignReference> foreign() {
    List<ForeignReference> all = allForeign;
    if (all == null) {
      all = view.foreign();
      allForeign = all;
    }
    return all;
  }

  @Override
  public Optional<OwnObject> own(Reference reference) {
    return objects.computeIfAbsent(reference, r -> Optional.ofNullable(view.object(r)));
  }

  @Override
  public Optional<ForeignReference> foreign(Reference reference) {
    return foreign.computeIfAbsent(reference, r -> Optional.ofNullable(view.foreign(r)));
  }

  /// Whether the value lies in stores.
  static boolean stored(OwnObject object) {
    return object.state().equals("STORED");
  }

  /// Where the server of an estate has recorded that a task is.
  static Optional<WorkerId> executor(Node node, EstateId estate, TaskId id) {
    return Optional.ofNullable(node.core.view().task(estate, id)).map(OwnTask::executor);
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
