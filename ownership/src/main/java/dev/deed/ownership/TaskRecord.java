package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import org.jspecify.annotations.Nullable;

/// The owner's record of one task: how far it is, and, after its end, its lineage.
final class TaskRecord implements Comparable<TaskRecord>, Logged {
  /// How far the task is.
  enum State {
    /// For arguments.
    WAITING,
    /// For a place.
    READY,
    /// At its executor.
    PUSHED,
    /// Its end is recorded.
    DONE
  }

  /// More attempts than a task ever has in one epoch.
  private static final int EPOCH_SHIFT = 20;

  /// So large a specification may be kept until its fingerprint is asked for.
  private static final int SMALL_BYTES = 1024;

  final Estate estate;
  final TaskId id;
  final TaskId parent;
  final TaskSpec.Origin origin;
  final @Nullable ObjectRecord[] returns;

  /// The specification with all small arguments filled in as they became known; null when it has
  /// been given up.
  @Nullable TaskSpec spec;

  /// Number of the record, which tells older tasks from younger ones.
  private final long number;

  /// What the heirs are told of it.
  final Keeping keeping;

  State state = State.WAITING;
  int attempt;
  final int retries;
  int retriesLeft;
  int unresolved;
  int liveReturns;
  long durationNs;

  /// Whether the lineage was given up for its budget.
  boolean evicted;

  /// Whether it stands in front of those that wait for a place, because somebody waits for it.
  boolean hurried;

  /// Whether causes are held as lineage (a finished task) and not as arguments.
  boolean retained;

  /// The worker of the present attempt, recorded before the push; null while there is none.
  @Nullable WorkerId executor;

  /// Whether the push waits until the heirs know of it, as that of a task without retries does,
  /// which is never pushed twice, and in `SYNC` any.
  boolean pushWaits;

  /// The estate for the calls of its code: that of the first executor of this run, so that a later
  /// one finds what it had called. Null before the first.
  @Nullable EstateId home;

  /// Whether it was called once more by the next execution of its parent.
  boolean adopted;

  /// The specification that has been given up, until its fingerprint is asked for: most tasks are
  /// forgotten before.
  private @Nullable TaskSpec former;

  private long fingerprint;

  /// The lease under which an execution is in flight; null when none is.
  @Nullable TaskLease lease;

  /// The execution, when it is in this worker; null otherwise.
  @Nullable Execution execution;

  // The unfinished calls of its parent, and its neighbours among them; null when it has ended.
  Calls.@Nullable Family family;
  @Nullable TaskRecord previous;
  @Nullable TaskRecord next;

  /// The cuts of the record log after which it changed last, and its specification; -1 for none.
  private long changedAfter = -1;

  private long specifiedAfter = -1;

  TaskRecord(Estate estate, TaskSpec spec, long number) {
    this.estate = estate;
    this.id = spec.id();
    this.parent = spec.parent();
    this.origin = spec.origin();
    this.spec = spec;
    this.keeping = spec.terms().keeping();
    this.retries = spec.terms().retries();
    this.retriesLeft = retries;
    this.returns = new @Nullable ObjectRecord[spec.returns()];
    this.liveReturns = spec.returns();
    this.number = number;
    this.attempt = firstAttempt();
  }

  /// A finished task whose specification had been given up.
  TaskRecord(Estate estate, EstateRecord.Ended ended, long number) {
    this.estate = estate;
    this.id = ended.id();
    this.parent = ended.parent();
    this.origin = ended.origin();
    this.keeping = Keeping.ESTATE;
    this.retries = ended.retries();
    this.returns = new @Nullable ObjectRecord[ended.returns()];
    this.fingerprint = ended.fingerprint();
    this.number = number;
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

  /// As [#changesAfter], of its specification.
  boolean specificationChangesAfter(long cut) {
    boolean first = specifiedAfter != cut;
    specifiedAfter = cut;
    return first;
  }

  /// The heirs are to be told how far it is now.
  void changed() {
    estate.changed(this);
  }

  /// It has this specification from now on.
  void specify(TaskSpec next) {
    spec = next;
    estate.specified(this);
    estate.changed(this);
  }

  /// It has none any more.
  void giveUpSpecification() {
    TaskSpec given = spec();
    spec = null;
    if (estate.log != null) {
      // What no cut asks for, or a slow heir keeps from being asked for, must not be kept instead.
      if (estate.log.log().followed() && given.retainedBytes() <= SMALL_BYTES) {
        former = given;
      } else {
        fingerprint = given.fingerprint();
      }
    }
    estate.specified(this);
    estate.changed(this);
  }

  /// Of the specification, also when that has been given up; 0 if it was given up and nobody is to
  /// be told. A successor tells by it whether a call is the same.
  long fingerprint() {
    if (spec != null) {
      return spec.fingerprint();
    }
    if (former != null) {
      fingerprint = former.fingerprint();
      former = null;
    }
    return fingerprint;
  }

  /// The next attempt has begun. The numbers of a successor's are beyond those of any attempt that
  /// the one before may have made (protocol.md §1).
  void nextAttempt() {
    attempt = Math.max(attempt + 1, firstAttempt());
    changed();
  }

  /// The lowest number that an attempt may have that begins in the present epoch.
  int firstAttempt() {
    return Math.max(1, (int) (estate.epoch - 1) << EPOCH_SHIFT);
  }

  /// Whether it is still in its estate, and no later call of its name has the place.
  boolean live() {
    return estate.tasks.get(id) == this;
  }

  /// The record of a result, if it is live.
  @Nullable ObjectRecord result(int index) {
    return estate.objects.get(id.result(index));
  }

  /// The name of a result.
  Reference reference(int index) {
    return estate.reference(id.result(index));
  }

  /// As the need of an unfinished task.
  Cause argument(int position) {
    return new Cause.Argument(estate.id, id, position);
  }

  /// As the need of a finished task that may have to be executed again.
  Cause lineage(int position) {
    return new Cause.Lineage(estate.id, id, position);
  }

  /// Whether the task is under way or may be executed once more.
  boolean repeatable() {
    return state != State.DONE || (spec != null && retriesLeft > 0);
  }

  TaskSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("the specification of " + id + " has been given up");
    }
    return spec;
  }

  /// Older ones first.
  @Override
  public int compareTo(TaskRecord other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return origin.name() + (origin.site().isEmpty() ? "" : " (called at " + origin.site() + ")");
  }
}
