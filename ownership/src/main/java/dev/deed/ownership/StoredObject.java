package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.ownership.heirs.EstateImage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A value in stores that a record of an estate names.
///
/// @param holders workers with a copy, the primary one first
public record StoredObject(Reference reference, StoredValue value, List<WorkerId> holders) {

  /// The name of its bytes.
  public CopyName copy() {
    return CopyName.of(reference, value);
  }

  /// The stored values that a record of an estate names. Throws
  /// [dev.deed.lineage.wire.MalformedException] for one that no server wrote.
  public static List<StoredObject> of(EstateId estate, byte[] record) {
    List<StoredObject> found = new ArrayList<>(1);
    if (EstateRecord.mayHaveObjects(record)) {
      switch (EstateRecord.read(new WireReader(record))) {
        case EstateRecord.Progress progress -> add(estate, progress.named(), progress, found);
        case EstateRecord.Ended ended -> add(estate, ended.id(), ended.progress(), found);
        case EstateRecord.Put put -> add(new Reference(put.id(), estate), put.object(), found);
        case EstateRecord.Specification _,
            EstateRecord.Given _,
            EstateRecord.Kept _,
            EstateRecord.Applied _ -> {}
      }
    }
    return found;
  }

  /// Those of all records of an image.
  public static List<StoredObject> of(EstateId estate, EstateImage image) {
    List<StoredObject> found = new ArrayList<>();
    image.records().values().forEach(record -> found.addAll(of(estate, record)));
    return found;
  }

  private static void add(
      EstateId estate,
      @Nullable TaskId task,
      EstateRecord.Progress progress,
      List<StoredObject> found) {
    if (task != null) {
      for (EstateRecord.Result result : progress.results()) {
        add(new Reference(task.result(result.index()), estate), result.object(), found);
      }
    }
  }

  private static void add(
      Reference reference, EstateRecord.ObjectState state, List<StoredObject> found) {
    if (state.outcome() instanceof Outcome.Stored(StoredValue value, List<WorkerId> holders)) {
      found.add(new StoredObject(reference, value, holders));
    }
  }
}
