package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One execution of a task in this worker, from its arrival to its reply.
final class Execution {
  /// How far it is.
  enum State {
    /// Large arguments are on their way.
    FETCHING,
    /// It waits for resources.
    QUEUED,
    /// It was given to the executor.
    RUNNING,
    /// It has ended.
    ENDED
  }

  final long id;

  /// The owner's record, when the owner is this worker; null otherwise.
  final @Nullable TaskRecord task;

  final WorkerId owner;
  final EstateId estate;

  /// The estate for the calls and puts of its code.
  final EstateId home;

  final int attempt;
  final @Nullable Receipt receipt;
  final long push;

  /// The lease under which it is in flight.
  final LeaseGrants.Grant grant;

  private @Nullable Set<Reference> held;
  private @Nullable List<StoreIndex.Copy> pinned;
  TaskSpec spec;
  State state = State.FETCHING;
  int missing;
  boolean blocked;
  boolean waitsForBytes;
  boolean unwanted;

  /// Whether it did something else than the execution before it.
  boolean diverged;

  /// An execution for another worker.
  Execution(long id, Message.TaskPush push, LeaseGrants.Grant grant, @Nullable Receipt receipt) {
    this.id = id;
    this.task = null;
    this.owner = grant.owner;
    this.estate = push.estate();
    this.home = push.home();
    this.attempt = push.attempt();
    this.spec = push.spec();
    this.receipt = receipt;
    this.push = push.number();
    this.grant = grant;
  }

  /// An execution for this worker's own estate.
  Execution(long id, TaskRecord task, EstateId estate, TaskSpec spec, LeaseGrants.Grant grant) {
    this.home = Invariants.present(task.home, "home of a task that is executed");
    this.id = id;
    this.task = task;
    this.owner = grant.owner;
    this.estate = estate;
    this.attempt = task.attempt;
    this.spec = spec;
    this.receipt = null;
    this.push = 0;
    this.grant = grant;
  }

  /// From now on its arguments are a list of its own, in which each that comes is put.
  void changeArguments() {
    spec = spec.withArguments(new ArrayList<>(spec.arguments()));
  }

  /// Notes a reference that is held while this execution is here; false if it was noted before.
  boolean holds(Reference reference) {
    if (held == null) {
      held = new LinkedHashSet<>(2);
    }
    return held.add(reference);
  }

  /// The references that are held while it is here.
  Set<Reference> held() {
    return held == null ? Set.of() : held;
  }

  /// Notes a copy that is pinned for it.
  void pins(StoreIndex.Copy copy) {
    if (pinned == null) {
      pinned = new ArrayList<>(1);
    }
    pinned.add(copy);
  }

  /// The copies that are pinned for it.
  List<StoreIndex.Copy> pinned() {
    return pinned == null ? List.of() : pinned;
  }

  /// The object of its first result, which names the task here.
  Reference firstResult() {
    return new Reference(spec.result(0), estate);
  }
}
