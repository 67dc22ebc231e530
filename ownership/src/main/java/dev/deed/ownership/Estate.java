package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One estate that this worker serves: all that its heirs need to serve it in turn (protocol.md §2,
/// §3).
final class Estate {
  /// A copy that somebody has and no record names: an end of its task may still come that does, or
  /// the copies that are named may turn out to be gone.
  record Stray(WorkerId holder, Reference reference, StoredValue value) {
    CopyName copy() {
      return CopyName.of(reference, value);
    }
  }

  final EstateId id;

  /// At which this worker serves it.
  final long epoch;

  /// A record for each live object.
  final IdTable<ObjectId, ObjectRecord> objects = new IdTable<>(object -> object.id);

  /// A record for each task with a live result or an execution under way.
  final IdTable<TaskId, TaskRecord> tasks = new IdTable<>(task -> task.id);

  /// Messages that handed references on and are not released, by their numbers.
  final LongTable<Give> gives = new LongTable<>();

  /// Tasks that may come back for what they had called or put here.
  final Map<TaskId, Family> families = new LinkedHashMap<>();

  /// The main of the job whose estate this was, once that is over.
  @Nullable TaskId endedMain;

  /// How far the stream of each sender is applied.
  final Map<WorkerId, Incoming> incoming = new LinkedHashMap<>();

  /// Streams whose senders have not been told.
  final List<Incoming> owed = new ArrayList<>();

  /// What the heirs are told; null when there are never any.
  final @Nullable EstateLog log;

  /// Index of the death entry by which this worker inherited the estate, until that is clear: it
  /// frees nothing before. 0 for one that frees.
  long heldUntil;

  private final List<Runnable> releases = new ArrayList<>();

  /// Copies to be looked at again when the estate frees.
  final List<Stray> strays = new ArrayList<>();

  Estate(EstateId id, long epoch, CoreContext context) {
    this.id = id;
    this.epoch = epoch;
    this.log =
        context.config.heirs().mode() == dev.deed.ownership.heirs.HeirsConfig.Mode.NONE
            ? null
            : new EstateLog(this, context);
  }

  /// The name of an object of this estate.
  Reference reference(ObjectId object) {
    return new Reference(object, id);
  }

  /// Whether it may give up what nobody holds.
  boolean frees() {
    return heldUntil == 0;
  }

  /// Gives up what a message to the estate had brought, now or when it frees. Its former server may
  /// have told somebody of what no record names here, who registers before that.
  void whenFrees(Runnable release) {
    if (frees()) {
      release.run();
    } else {
      releases.add(release);
    }
  }

  /// The death by which it was inherited is clear.
  void free() {
    heldUntil = 0;
    releases.forEach(Runnable::run);
    releases.clear();
  }

  /// Whether an object of which nothing is known may still become known: by the task that called or
  /// put it and does so again. For others it must not wait, who may wait for it.
  boolean mayLearn(ObjectId object) {
    return !frees() || families.keySet().stream().anyMatch(object.task()::mayBeOf);
  }

  /// Whether nothing is left that anybody could ask for.
  boolean isEmpty() {
    return objects.size() == 0
        && tasks.size() == 0
        && gives.isEmpty()
        && strays.isEmpty()
        && families.isEmpty();
  }

  // --- what the heirs are told ------------------------------------------------------------------

  void added(Logged record) {
    if (log != null) {
      log.added(record);
    }
  }

  void changed(Logged record) {
    if (log != null) {
      log.changed(record);
    }
  }

  void specified(TaskRecord task) {
    if (log != null) {
      log.specified(task);
    }
  }

  void replaced(Logged record) {
    if (log != null) {
      log.replaced(record);
    }
  }

  void gone(Logged record) {
    if (log != null) {
      log.gone(record);
    }
  }
}
