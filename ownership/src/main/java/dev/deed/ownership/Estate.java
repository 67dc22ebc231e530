package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// One estate that this worker serves: all that its heirs need to serve it in turn (protocol.md §2,
/// §3).
final class Estate {
  final EstateId id;

  /// A record for each live object.
  final IdTable<ObjectId, ObjectRecord> objects = new IdTable<>(object -> object.id);

  /// A record for each task with a live result or an execution under way.
  final IdTable<TaskId, TaskRecord> tasks = new IdTable<>(task -> task.id);

  /// Messages that handed references on and are not released, by their numbers.
  final LongTable<Give> gives = new LongTable<>();

  /// The last message of each sender's stream that is applied.
  final Map<WorkerId, Long> applied = new LinkedHashMap<>();

  /// Senders that have not been told how far their stream is applied.
  final Set<WorkerId> owed = new LinkedHashSet<>();

  Estate(EstateId id) {
    this.id = id;
  }

  /// The name of an object of this estate.
  Reference reference(ObjectId object) {
    return new Reference(object, id);
  }
}
