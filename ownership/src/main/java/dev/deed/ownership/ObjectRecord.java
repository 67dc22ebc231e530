package dev.deed.ownership;

import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The owner's record of one object (protocol.md §2).
final class ObjectRecord extends Awaited implements Logged {
  /// Where the value is.
  enum State {
    /// It will come from the creating task, which waits or runs.
    PENDING,
    /// In this record.
    INLINE,
    /// In stores; [#locations] says where.
    STORED,
    /// Never: the record has the failure.
    FAILED,
    /// Given up, or lost without anybody who needs it now; the creating task can make it again.
    RELEASED
  }

  final Estate estate;
  final ObjectId id;
  @Nullable TaskRecord creator;
  final Causes causes = new Causes();
  State state = State.PENDING;
  TaskSpec.Origin origin;

  /// The value or the failure; null unless INLINE or FAILED.
  @Nullable Outcome outcome;

  /// Name, size and inner references of the value in stores; null unless STORED.
  @Nullable StoredValue stored;

  /// Digest of the last stored value, 0 before the first: tells a re-execution that differs.
  long digest;

  /// Of a put with several copies, which is STORED; else null.
  @Nullable Replication replication;

  private @Nullable List<WorkerId> locations;
  private @Nullable Map<WorkerId, Hold> holders;

  /// Bytes that are kept only for lineage and counted in the budget as such.
  long budgeted;

  /// Whether it is to be looked at in a later step.
  boolean settling;

  /// The task whose code put it; null for a result, whose task knows its parent.
  @Nullable TaskId parent;

  /// Whether nothing is known of it but that it is wanted: its owner died without its heirs'
  /// knowing it.
  boolean unknown;

  /// Nobody is told the outcome before the heirs have it; a number of this wait, 0 for none.
  long hiddenUntil;

  /// The cut of the record log after which it changed last; -1 for none.
  private long changedAfter = -1;

  private final Keeping keeping;
  private final long number;

  /// @param parent the task that put it, for one that no task makes
  /// @param keeping what the heirs are told of it, for the same; and
  /// @param number of the record: the others are told of with their tasks
  ObjectRecord(
      Estate estate,
      ObjectId id,
      @Nullable TaskRecord creator,
      TaskSpec.Origin origin,
      @Nullable TaskId parent,
      Keeping keeping,
      long number) {
    this.parent = parent;
    this.keeping = keeping;
    this.number = number;
    this.estate = estate;
    this.id = id;
    this.creator = creator;
    this.origin = origin;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public boolean changesAfter(long cut) {
    boolean first = changedAfter != cut;
    changedAfter = cut;
    return first;
  }

  /// What the heirs are told of it.
  Keeping keeping() {
    return creator == null ? keeping : creator.keeping;
  }

  /// The heirs are to be told how it is now.
  void changed() {
    estate.changed(creator == null ? this : creator);
  }

  /// The task whose code called or put it; null when that is not known.
  @Nullable TaskId parent() {
    return creator == null ? parent : creator.parent;
  }

  /// Whether it is still in its estate.
  boolean live() {
    return estate.objects.get(id) == this;
  }

  Reference reference() {
    return estate.reference(id);
  }

  boolean done() {
    return state == State.INLINE || state == State.STORED || state == State.FAILED;
  }

  /// Workers with a sealed copy; the first is the primary one. To be changed in place.
  List<WorkerId> locations() {
    if (locations == null) {
      locations = new ArrayList<>(2);
    }
    return locations;
  }

  void clearLocations() {
    locations = null;
  }

  /// What other workers hold, as they have registered it; nothing, for a driver that has let go
  /// what its main called or put.
  Map<WorkerId, Hold> holders() {
    return holders == null ? Map.of() : holders;
  }

  void setHolder(WorkerId holder, Hold hold) {
    changed();
    if (hold == Hold.NONE) {
      if (holders != null && holders.remove(holder) != null && holders.isEmpty()) {
        holders = null;
      }
      return;
    }
    note(holder, hold);
  }

  private void note(WorkerId holder, Hold hold) {
    if (holders == null) {
      holders = new LinkedHashMap<>();
    }
    holders.put(holder, hold);
  }

  /// The driver whose main called or put it holds it no more. That it did so once is remembered: a
  /// server of the estate after this one does not keep it for the time when main does so again.
  void letGoByMain(WorkerId driver) {
    changed();
    note(driver, Hold.NONE);
  }

  /// Whether another worker holds it.
  boolean isHeldElsewhere() {
    return holders().values().stream().anyMatch(hold -> hold != Hold.NONE);
  }

  /// The most that any cause here or any holder needs.
  Hold wanted() {
    Hold most = causes.hold();
    if (holders != null && most != Hold.VALUE) {
      for (Hold hold : holders.values()) {
        if (hold.compareTo(most) > 0) {
          most = hold;
        }
      }
    }
    return most;
  }

  /// The same, where an object that can't be made again is needed by value if at all.
  Hold wantedValue() {
    Hold most = wanted();
    return most == Hold.LINEAGE && !recreatable() ? Hold.VALUE : most;
  }

  /// Whether the creating task is there to make the value again.
  boolean recreatable() {
    return creator != null && creator.repeatable();
  }
}
