package dev.deed.ownership;

import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The records of this worker's own estate: its objects and the tasks that make them (the ownership
/// table of the paper, §4.2).
final class OwnershipTable {
  /*
   * State: a record a live object; a record a task with a live result or an execution under way.
   * Invariants: a value is kept as long as a cause here or a holder elsewhere needs it by value; a
   * record as long as any cause or holder is left, or its task has not ended.
   * Failure: what is given up is given up for good, but a RELEASED record's task can make it again.
   */
  private final CoreContext context;
  private final StoreIndex store;
  private final IdTable<ObjectId, ObjectRecord> objects = new IdTable<>(object -> object.id);
  private final IdTable<TaskId, TaskRecord> tasks = new IdTable<>(task -> task.id);
  private long created;
  private final Consumer<ObjectRecord> settle = this::settle;
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

  @Nullable ObjectRecord object(ObjectId id) {
    return objects.get(id);
  }

  @Nullable TaskRecord task(TaskId id) {
    return tasks.get(id);
  }

  /// A copy.
  List<ObjectRecord> objects() {
    return objects.list();
  }

  int objectCount() {
    return objects.size();
  }

  /// A copy, oldest first.
  List<TaskRecord> tasks() {
    List<TaskRecord> all = tasks.list();
    all.sort(Comparator.comparingLong(task -> task.number));
    return all;
  }

  int taskCount() {
    return tasks.size();
  }

  ObjectRecord create(ObjectId id, @Nullable TaskRecord creator, TaskSpec.Origin origin) {
    ObjectRecord record = new ObjectRecord(id, creator, origin);
    ObjectRecord old = objects.put(record);
    Invariants.check(old == null, "object %s is recorded twice", id);
    return record;
  }

  void create(TaskRecord task) {
    task.number = ++created;
    tasks.put(task);
  }

  /// An object that was cancelled, or whose value was given up, is made by another call of the same
  /// name.
  void restart(ObjectRecord record) {
    record.state = ObjectRecord.State.PENDING;
    record.outcome = null;
  }

  Reference reference(ObjectRecord record) {
    return new Reference(record.id, context.estate);
  }

  /// Records a value or a failure. The references inside the value are held from here on.
  void fill(ObjectRecord record, Outcome outcome) {
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

  private void contain(ObjectRecord record, List<Reference> inner) {
    for (Reference reference : inner) {
      holders().hold(reference, new Cause.Contained(record.id));
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
    if (objects.get(record.id) != record || record.state == ObjectRecord.State.PENDING) {
      return;
    }
    Hold wanted = record.wantedValue();
    boolean waitedFor = record.hasWaiters();
    if (wanted != Hold.VALUE && !waitedFor && record.state != ObjectRecord.State.FAILED) {
      giveUpValue(record);
    }
    if (wanted == Hold.NONE && !waitedFor) {
      objects.remove(record.id);
      TaskRecord creator = record.creator;
      if (creator != null && --creator.liveReturns == 0) {
        lineages().giveUp(creator);
        if (creator.lease == null && creator.execution == null) {
          forget(creator);
        }
      }
    }
    lineages().account(record);
  }

  /// Frees all copies of the value; what it contained is held by it no longer.
  void giveUpValue(ObjectRecord record) {
    switch (record.state) {
      case INLINE -> {
        if (record.outcome instanceof Outcome.Inline inline) {
          uncontain(record, inline.value().references());
        }
      }
      case STORED -> {
        StoredValue value = record.stored;
        if (value != null) {
          freeCopies(record, value);
          uncontain(record, value.references());
        }
      }
      default -> {
        return;
      }
    }
    record.state = ObjectRecord.State.RELEASED;
    record.outcome = null;
    record.stored = null;
    record.clearLocations();
  }

  private void freeCopies(ObjectRecord record, StoredValue value) {
    CopyName name = CopyName.of(reference(record), value);
    for (WorkerId location : record.locations()) {
      freeCopy(location, name);
    }
  }

  /// Tells a holder that its copy is not needed any more.
  void freeCopy(WorkerId location, CopyName name) {
    if (location.equals(context.id)) {
      store.free(name);
    } else {
      context.send(location, new Message.FreeCopy(name));
    }
  }

  private void uncontain(ObjectRecord record, List<Reference> inner) {
    for (Reference reference : inner) {
      holders().letGo(reference, new Cause.Contained(record.id));
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
    if (tasks.get(task.id) == task) {
      tasks.remove(task.id);
    }
  }

  private Holders holders() {
    return Invariants.present(holders, "holders");
  }

  private Lineages lineages() {
    return Invariants.present(lineages, "lineages");
  }
}
