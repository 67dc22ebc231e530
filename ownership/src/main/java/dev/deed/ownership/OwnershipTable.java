package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The records of the estates that this worker serves: objects and the tasks that make them (the
/// ownership table of the paper, §4.2).
final class OwnershipTable {
  /*
   * State: the records are in their estates.
   * Invariants: a value is kept as long as a cause here or a holder elsewhere needs it by value; a
   * record as long as any cause or holder is left, or its task has not ended.  What stands inside a
   * value is held by it, and, when it is lost, for as long as somebody else holds the object: the value
   * may be all that covers there what was read in it.
   * Failure: what is given up is given up for good, but a RELEASED record's task can make it again.
   */
  private final CoreContext context;
  private final StoreIndex store;
  private final Consumer<ObjectRecord> settle = this::settle;

  /// What stood inside values that are lost.
  private final Map<ObjectRecord, Set<Reference>> remains = new LinkedHashMap<>();

  private @Nullable Holders holders;
  private @Nullable Lineages lineages;

  OwnershipTable(CoreContext context, StoreIndex store) {
    this.context = context;
    this.store = store;
  }

  void connect(Holders toHolders, Lineages toLineages) {
    holders = toHolders;
    lineages = toLineages;
  }

  /// The record, if the estate is served here and the object is live.
  @Nullable ObjectRecord object(Reference reference) {
    Estate estate = context.estates.of(reference.estate());
    return estate == null ? null : estate.objects.get(reference.object());
  }

  /// The record, if the estate is served here and the task is known.
  @Nullable TaskRecord task(EstateId estateId, TaskId id) {
    Estate estate = context.estates.of(estateId);
    return estate == null ? null : estate.tasks.get(id);
  }

  /// A copy.
  List<ObjectRecord> objects() {
    List<ObjectRecord> all = new ArrayList<>(objectCount());
    for (Estate estate : context.estates.all()) {
      estate.objects.forEach(all::add);
    }
    return all;
  }

  int objectCount() {
    return context.estates.all().stream().mapToInt(estate -> estate.objects.size()).sum();
  }

  /// A copy, oldest first.
  List<TaskRecord> tasks() {
    List<TaskRecord> all = new ArrayList<>(taskCount());
    for (Estate estate : context.estates.all()) {
      estate.tasks.forEach(all::add);
    }
    Collections.sort(all);
    return all;
  }

  int taskCount() {
    return context.estates.all().stream().mapToInt(estate -> estate.tasks.size()).sum();
  }

  /// The record of an object that is not known yet: one of a result, or of a put by `parent`, which
  /// is kept so.
  ObjectRecord create(
      Estate estate,
      ObjectId id,
      @Nullable TaskRecord creator,
      TaskSpec.Origin origin,
      @Nullable TaskId parent,
      Keeping keeping) {
    ObjectRecord wanted = estate.objects.get(id);
    if (wanted != null && wanted.parent() == null) {
      return learn(wanted, creator, origin, parent);
    }
    long number = creator == null ? context.nextRecord() : 0;
    ObjectRecord record = new ObjectRecord(estate, id, creator, origin, parent, keeping, number);
    ObjectRecord old = estate.objects.put(record);
    Invariants.check(old == null, "object %s is recorded twice", id);
    if (creator == null) {
      estate.added(record);
    } else {
      creator.changed();
    }
    return record;
  }

  /// What was wanted before anything was known of it is known now: references that are out come
  /// true.
  private ObjectRecord learn(
      ObjectRecord wanted,
      @Nullable TaskRecord creator,
      TaskSpec.Origin origin,
      @Nullable TaskId parent) {
    wanted.unknown = false;
    wanted.origin = origin;
    wanted.parent = parent;
    if (creator != null) {
      wanted.estate.gone(wanted);
      wanted.creator = creator;
    }
    restart(wanted);
    return wanted;
  }

  /// The record of an object of which nothing is known but that it is wanted.
  ObjectRecord createUnknown(Estate estate, ObjectId id) {
    TaskSpec.Origin origin = TaskSpec.Origin.UNKNOWN;
    ObjectRecord record =
        new ObjectRecord(estate, id, null, origin, null, Keeping.ESTATE, context.nextRecord());
    record.unknown = true;
    estate.objects.put(record);
    estate.added(record);
    return record;
  }

  void create(TaskRecord task) {
    TaskRecord old = task.estate.tasks.put(task);
    if (old != null) {
      task.estate.gone(old);
    }
    task.estate.added(task);
  }

  /// An object that was cancelled, or whose value was given up, is made by another call of the same
  /// name.
  void restart(ObjectRecord record) {
    record.state = ObjectRecord.State.PENDING;
    record.outcome = null;
    record.changed();
  }

  /// Records a value or a failure. The references inside the value are held from here on.
  void fill(ObjectRecord record, Outcome outcome) {
    record.changed();
    switch (outcome) {
      case Outcome.Inline inline -> {
        record.state = ObjectRecord.State.INLINE;
        record.outcome = inline;
        contain(record, inline.value().references());
      }
      case Outcome.Stored(StoredValue value, List<WorkerId> locations) -> {
        record.state = ObjectRecord.State.STORED;
        record.outcome = null;
        record.stored = value;
        record.clearLocations();
        record.locations().addAll(locations);
        contain(record, value.references());
      }
      case Outcome.Failed failed -> {
        record.state = ObjectRecord.State.FAILED;
        record.outcome = failed;
      }
    }
  }

  /// What stands inside a value is held by it.
  void contain(ObjectRecord record, List<Reference> inner) {
    if (inner.isEmpty()) {
      return;
    }
    Cause outer = new Cause.Contained(record.reference());
    for (Reference reference : inner) {
      holders().hold(reference, outer);
    }
  }

  /// What a reader may be told of a record that is done.
  Outcome outcome(ObjectRecord record) {
    if (record.state == ObjectRecord.State.STORED) {
      StoredValue value = Invariants.present(record.stored, "description of a stored value");
      return new Outcome.Stored(value, List.copyOf(record.locations()));
    }
    return Invariants.present(record.outcome, "outcome of an object that is done");
  }

  /// Looks at a record after something was taken from it, in a later step: once for all that
  /// happens before that step.
  void settleLater(ObjectRecord record) {
    if (!record.settling) {
      record.settling = true;
      context.later(settle, record);
    }
  }

  private void settle(ObjectRecord record) {
    record.settling = false;
    if (!record.live() || record.state == ObjectRecord.State.PENDING || !record.estate.frees()) {
      return;
    }
    Hold wanted = record.wantedValue();
    boolean waitedFor = record.hasWaiters();
    if (wanted != Hold.VALUE && !waitedFor && record.state != ObjectRecord.State.FAILED) {
      giveUpValue(record);
    }
    if (wanted == Hold.NONE && !waitedFor) {
      record.estate.objects.remove(record.id);
      TaskRecord creator = record.creator;
      if (creator == null) {
        record.estate.gone(record);
      } else {
        creator.changed();
        if (--creator.liveReturns == 0) {
          lineages().giveUp(creator);
          if (creator.lease == null && creator.execution == null) {
            forget(creator);
          }
        }
      }
    }
    lineages().account(record);
    if (!remains.isEmpty()) {
      dropRemains(record);
    }
  }

  /// Gives up a value of which no copy is left. What stood inside stays while somebody else holds
  /// the object.
  void loseValue(ObjectRecord record) {
    StoredValue value = record.stored;
    if (value != null && !value.references().isEmpty() && heldElsewhere(record)) {
      Set<Reference> kept = remains.computeIfAbsent(record, _ -> new LinkedHashSet<>());
      kept.addAll(value.references());
      kept.remove(record.reference());
    }
    giveUpValue(record);
  }

  private void dropRemains(ObjectRecord record) {
    if (record.live() && heldElsewhere(record)) {
      return;
    }
    Set<Reference> kept = remains.remove(record);
    if (kept != null) {
      inside(record).forEach(kept::remove);
      uncontain(record, kept);
    }
  }

  /// Whether another worker may have the reference, if only in a value that contains it.
  private static boolean heldElsewhere(ObjectRecord record) {
    if (record.isHeldElsewhere()) {
      return true;
    }
    for (Cause cause : record.causes.list()) {
      if (cause instanceof Cause.Sent || cause instanceof Cause.Contained) {
        return true;
      }
    }
    return false;
  }

  private static List<Reference> inside(ObjectRecord record) {
    if (record.outcome instanceof Outcome.Inline inline) {
      return inline.value().references();
    }
    StoredValue value = record.stored;
    return value == null ? List.of() : value.references();
  }

  /// Frees all copies of the value; what it contained is held by it no longer.
  void giveUpValue(ObjectRecord record) {
    record.changed();
    StoredValue stored = record.stored;
    List<WorkerId> locations = List.copyOf(record.locations());
    switch (record.state) {
      case INLINE -> {
        if (record.outcome instanceof Outcome.Inline inline) {
          uncontain(record, inline.value().references());
        }
      }
      case STORED -> {
        if (stored != null) {
          uncontain(record, stored.references());
        }
      }
      default -> {
        return;
      }
    }
    record.state = ObjectRecord.State.RELEASED;
    record.outcome = null;
    record.stored = null;
    record.replication = null;
    record.clearLocations();
    if (stored != null) {
      for (WorkerId location : locations) {
        freeCopy(location, record.reference(), stored);
      }
    }
  }

  /// Tells a holder that its copy is not needed any more, when the heirs know why.
  void freeCopy(WorkerId location, Reference reference, StoredValue value) {
    Estate estate = context.estates.of(reference.estate());
    if (estate != null && !estate.frees()) {
      estate.strays.add(new Estate.Stray(location, reference, value));
      return;
    }
    CopyName name = CopyName.of(reference, value);
    context.gate.after(() -> {
      if (location.equals(context.id)) {
        store.free(name);
      } else {
        context.send(location, new Message.FreeCopy(name));
      }
    });
  }

  private void uncontain(ObjectRecord record, Collection<Reference> inner) {
    if (inner.isEmpty()) {
      return;
    }
    Set<Reference> kept = remains.getOrDefault(record, Set.of());
    Cause outer = new Cause.Contained(record.reference());
    for (Reference reference : inner) {
      if (!kept.contains(reference)) {
        holders().letGo(reference, outer);
      }
    }
  }

  /// A task whose last execution has been accounted for, and whose results are gone, is forgotten.
  void forgetIfDone(TaskRecord task) {
    if (task.state == TaskRecord.State.DONE
        && task.liveReturns == 0
        && task.lease == null
        && task.execution == null) {
      forget(task);
    }
  }

  /// Unless a later call of its name has the place.
  private void forget(TaskRecord task) {
    if (task.live()) {
      task.estate.tasks.remove(task.id);
      task.estate.gone(task);
    }
  }

  private Holders holders() {
    return Invariants.present(holders, "holders");
  }

  private Lineages lineages() {
    return Invariants.present(lineages, "lineages");
  }
}
