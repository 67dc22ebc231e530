package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the records of an estate say, as its server or an heir has them: for checkers and reports.
///
/// @param objects those that are live and known
/// @param complete those of them that have an outcome
/// @param tasks those that are known
/// @param copies stored values, and who has them
/// @param held references that the records hold: arguments, what stands inside values, messages
/// @param applied how far the stream of each sender is applied
public record EstateContents(
    Set<ObjectId> objects,
    Set<ObjectId> complete,
    Map<TaskId, Task> tasks,
    Map<CopyName, List<WorkerId>> copies,
    Set<Reference> held,
    Map<WorkerId, Long> applied) {

  /// A task.
  ///
  /// @param executor recorded before the push, or null
  public record Task(boolean done, boolean pushed, int attempt, @Nullable WorkerId executor) {}

  /// Reads records by their keys, as [CoreView#estateRecords] and
  /// [dev.deed.ownership.heirs.EstateImage#records] give them. Throws
  /// [dev.deed.lineage.wire.MalformedException] for anything else.
  public static EstateContents of(EstateId estate, Map<Long, byte[]> records) {
    EstateContents all =
        new EstateContents(
            new HashSet<>(),
            new HashSet<>(),
            new HashMap<>(),
            new HashMap<>(),
            new HashSet<>(),
            new HashMap<>());
    Map<Long, TaskSpec> specs = new HashMap<>();
    records.forEach((key, bytes) -> {
      if (EstateRecord.read(new WireReader(bytes)) instanceof EstateRecord.Specification s) {
        specs.put(key, s.spec());
      }
    });
    records.forEach((key, bytes) -> {
      switch (EstateRecord.read(new WireReader(bytes))) {
        case EstateRecord.Specification _ -> {}
        case EstateRecord.Progress progress -> {
          TaskSpec spec = specs.get(key - 1);
          if (spec != null) {
            all.add(estate, spec.id(), progress);
            Lineages.forEachReference(spec, (reference, _) -> all.held.add(reference));
          }
        }
        case EstateRecord.Ended ended -> all.add(estate, ended.id(), ended.progress());
        case EstateRecord.Put put -> {
          if (put.parent() != null) {
            all.add(estate, put.id(), put.object());
          }
        }
        case EstateRecord.Kept _ -> {}
        case EstateRecord.Given given -> all.held.addAll(given.references());
        case EstateRecord.Applied(WorkerId sender, long through) ->
            all.applied.put(sender, through);
      }
    });
    return all;
  }

  /// A record in words.
  public static String describe(byte[] record) {
    return EstateRecord.read(new WireReader(record)).toString();
  }

  private void add(EstateId estate, TaskId id, EstateRecord.Progress progress) {
    tasks.put(
        id,
        new Task(
            progress.state() == TaskRecord.State.DONE,
            progress.state() == TaskRecord.State.PUSHED,
            progress.attempt(),
            progress.executor()));
    for (EstateRecord.Result result : progress.results()) {
      add(estate, id.result(result.index()), result.object());
    }
  }

  private void add(EstateId estate, ObjectId id, EstateRecord.ObjectState state) {
    objects.add(id);
    if (state.outcome() != null) {
      complete.add(id);
    }
    switch (state.outcome()) {
      case Outcome.Inline(var value) -> held.addAll(value.references());
      case Outcome.Stored(var value, var at) -> {
        copies.put(CopyName.of(new Reference(id, estate), value), new ArrayList<>(at));
        held.addAll(value.references());
      }
      case null, default -> {}
    }
  }
}
