package dev.deed.ownership;

import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.ownership.heirs.EstateImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The workers of whom an estate's records know: those of an earlier cluster, when the records are
/// from a journal.
public final class Formers {
  private final Set<WorkerId> workers = new TreeSet<>();

  private Formers() {}

  /// All workers that stand in the image, in order. Throws [MalformedException] for records that no
  /// server wrote.
  public static List<WorkerId> of(EstateImage image) {
    Formers formers = new Formers();
    image
        .records()
        .values()
        .forEach(bytes -> formers.add(EstateRecord.read(new WireReader(bytes))));
    return new ArrayList<>(formers.workers);
  }

  private void add(EstateRecord record) {
    switch (record) {
      case EstateRecord.Specification(TaskSpec spec) -> {
        add(spec.carried());
        for (Argument argument : spec.arguments()) {
          add(argument.reference());
        }
      }
      case EstateRecord.Progress progress -> add(progress);
      case EstateRecord.Ended ended -> add(ended.progress());
      case EstateRecord.Put put -> add(put.object());
      case EstateRecord.Given given -> {
        workers.add(given.to());
        add(given.references());
      }
      case EstateRecord.Kept(_, EstateId owner) -> workers.add(owner.creator());
      case EstateRecord.Applied(WorkerId sender, _) -> workers.add(sender);
    }
  }

  private void add(EstateRecord.Progress progress) {
    add(progress.executor());
    EstateId home = progress.home();
    add(home == null ? null : home.creator());
    progress.results().forEach(result -> add(result.object()));
  }

  private void add(EstateRecord.ObjectState state) {
    workers.addAll(state.holders().keySet());
    switch (state.outcome()) {
      case Outcome.Inline inline -> add(inline.value().references());
      case Outcome.Stored stored -> {
        workers.addAll(stored.holders());
        workers.add(stored.value().writer());
        add(stored.value().references());
      }
      case null, default -> {}
    }
  }

  private void add(List<Reference> references) {
    references.forEach(this::add);
  }

  private void add(Reference reference) {
    workers.add(reference.estate().creator());
  }

  private void add(@Nullable WorkerId worker) {
    if (worker != null) {
      workers.add(worker);
    }
  }
}
