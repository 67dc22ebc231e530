package dev.deed.ownership;

import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the copies of this estate's stored values are, and what happens when the last one is gone.
final class Locations {
  /*
   * Messages: Located, Unlocated (stream to this estate); PinCopy, FreeCopy (to holders).
   * Invariants: the first location has the primary copy, which its holder keeps until told otherwise.  A
   * copy that is reported for a value that is not there any more is freed.
   * Failure: when the first holder dies the next is asked to pin its copy; when no copy is left the
   * creating task is executed again if somebody needs the value.  A value that can't be made again is
   * reported lost only when the death is clear: until then a copy may still be reported.
   */
  private final CoreContext context;
  private final OwnershipTable table;
  private final StoreIndex store;

  /// Records without a known copy, with the death after which they were so.
  private final Map<ObjectRecord, Long> suspects = new LinkedHashMap<>();

  private @Nullable Replicas replicas;
  private @Nullable Recovery recovery;
  private @Nullable Values values;

  Locations(CoreContext context, OwnershipTable table, StoreIndex store) {
    this.context = context;
    this.table = table;
    this.store = store;
  }

  void connect(Replicas toReplicas, Recovery toRecovery, Values toValues) {
    replicas = toReplicas;
    recovery = toRecovery;
    values = toValues;
  }

  /// Whether `copy` is what the record says is in stores.
  boolean current(ObjectRecord record, CopyName copy) {
    StoredValue value = record.stored;
    return record.state == ObjectRecord.State.STORED
        && value != null
        && value.edition() == copy.edition()
        && value.writer().equals(copy.writer());
  }

  /// Whether the copy is of the value that the record of an object served here has.
  boolean isCurrent(CopyName copy) {
    ObjectRecord record = table.object(copy.reference());
    return record != null && current(record, copy);
  }

  /// A worker has a sealed copy.
  void located(WorkerId from, Reference object, StoredValue value, boolean primary) {
    ObjectRecord record = table.object(object);
    CopyName name = CopyName.of(object, value);
    if (record == null || !current(record, name)) {
      table.freeCopy(from, object, value);
      return;
    }
    record.changed();
    List<WorkerId> locations = record.locations();
    if (primary) {
      locations.remove(from);
      locations.add(0, from);
    } else if (!locations.contains(from)) {
      boolean only = locations.isEmpty();
      locations.add(from);
      if (only) {
        pin(from, name);
      }
    }
    suspects.remove(record);
    replicas().located(record, from, primary);
    values().completed(record);
  }

  /// A worker has no copy of that name.
  void unlocated(WorkerId from, CopyName name) {
    ObjectRecord record = table.object(name.reference());
    if (record != null && current(record, name)) {
      removeLocation(record, from);
      replicas().left(record, from, false);
    }
  }

  private void removeLocation(ObjectRecord record, WorkerId location) {
    List<WorkerId> locations = record.locations();
    int position = locations.indexOf(location);
    if (position >= 0) {
      record.changed();
      locations.remove(position);
      if (position == 0 && !locations.isEmpty()) {
        pin(locations.get(0), name(record));
      }
    }
    if (locations.isEmpty()) {
      lost(record, false);
    }
  }

  private CopyName name(ObjectRecord record) {
    StoredValue value = Invariants.present(record.stored, "description of a stored value");
    return CopyName.of(record.reference(), value);
  }

  private void pin(WorkerId holder, CopyName name) {
    if (holder.equals(context.id)) {
      StoreIndex.Copy copy = store.find(name);
      if (copy != null) {
        copy.primary = true;
      }
    } else {
      context.send(holder, new Message.PinCopy(name));
    }
  }

  /// No copy is known. `certain`: and none can turn up.
  private void lost(ObjectRecord record, boolean certain) {
    if (takeStray(record)) {
      return;
    }
    if (!certain && context.log.awaitsClear() && !record.recreatable()) {
      suspects.put(record, context.log.lastDeath());
    } else if (record.wantedValue() == Hold.VALUE || record.hasWaiters()) {
      suspects.remove(record);
      recovery().recover(record);
    } else {
      table.settleLater(record);
    }
  }

  /// Makes the record name a copy of the same value that it did not need, if there is one: of a
  /// task that was executed again, or a put that was made again.
  private boolean takeStray(ObjectRecord record) {
    StoredValue lost = record.stored;
    if (lost == null) {
      return false;
    }
    for (Estate.Stray stray : record.estate.strays) {
      if (stray.reference().equals(record.reference())
          && stray.value().sameBytes(lost)
          && context.log.lives(stray.holder())) {
        record.estate.strays.remove(stray);
        record.stored = stray.value();
        if (record.replication != null) {
          record.replication = record.replication.ofAnotherCopy();
        }
        located(stray.holder(), stray.reference(), stray.value(), false);
        return true;
      }
    }
    return false;
  }

  /// Somebody needs the value of a record that is not done, or of which no copy is known.
  void want(ObjectRecord record) {
    if (record.state == ObjectRecord.State.RELEASED) {
      recovery().recover(record);
    } else if (record.state == ObjectRecord.State.STORED
        && record.locations().isEmpty()
        && !suspects.containsKey(record)) {
      lost(record, false);
    }
  }

  /// Somebody could not get this copy from the known holders: they are asked whether they have it.
  void doubt(ObjectRecord record, CopyName copy) {
    if (!current(record, copy)) {
      values().completed(record);
      want(record);
      return;
    }
    for (WorkerId location : new ArrayList<>(record.locations())) {
      if (!location.equals(context.id)) {
        context.send(location, new Message.PinCopy(copy));
      } else if (store.find(copy) == null) {
        removeLocation(record, location);
      } else {
        values().completed(record);
      }
    }
  }

  /// A holder is asked to keep a copy for good.
  void pinRequested(WorkerId owner, CopyName name, Streams streams) {
    StoreIndex.Copy copy = store.find(name);
    ObjectId object = name.reference().object();
    if (copy != null) {
      copy.primary = true;
      streams.send(
          name.reference().estate(), new Message.EstateMessage.Located(object, copy.value, true));
    } else {
      streams.send(
          name.reference().estate(),
          new Message.EstateMessage.Unlocated(object, name.edition(), name.writer()));
    }
  }

  /// A worker's copies are gone with it.
  void followDeath(WorkerId dead) {
    for (ObjectRecord record : table.objects()) {
      if (record.state == ObjectRecord.State.STORED && record.locations().contains(dead)) {
        removeLocation(record, dead);
      }
      replicas().left(record, dead, true);
    }
  }

  /// A stored value of an estate that was inherited: of the holders that its record names some may
  /// be dead, and the first may have a copy that it need not keep.
  ///
  /// @param kept whether a holder has said that it keeps it
  void inherited(ObjectRecord record, boolean kept) {
    List<WorkerId> locations = record.locations();
    if (locations.isEmpty()) {
      lost(record, false);
    } else if (!kept) {
      pin(locations.get(0), name(record));
    }
    replicas().lookLater(record);
  }

  /// An inherited estate frees from here on: copies that no record names go.
  void freeStrays(Estate estate) {
    List<Estate.Stray> strays = List.copyOf(estate.strays);
    estate.strays.clear();
    for (Estate.Stray stray : strays) {
      ObjectRecord record = table.object(stray.reference());
      boolean named =
          record != null
              && current(record, stray.copy())
              && record.locations().contains(stray.holder());
      if (!named) {
        table.freeCopy(stray.holder(), stray.reference(), stray.value());
      }
    }
  }

  /// Deaths have become clear: what has not turned up since then is lost.
  void cleared() {
    for (Map.Entry<ObjectRecord, Long> suspect : List.copyOf(suspects.entrySet())) {
      ObjectRecord record = suspect.getKey();
      if (suspect.getValue() > context.log.clear()) {
        continue;
      }
      suspects.remove(record);
      if (record.live()
          && record.state == ObjectRecord.State.STORED
          && record.locations().isEmpty()) {
        lost(record, true);
      }
    }
  }

  private Replicas replicas() {
    return Invariants.present(replicas, "replicas");
  }

  private Recovery recovery() {
    return Invariants.present(recovery, "recovery");
  }

  private Values values() {
    return Invariants.present(values, "values");
  }
}
