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
  final WorkerId owner;
  final EstateId estate;
  final int attempt;
  final @Nullable Receipt receipt;
  final long push;

  /// The lease under which it is in flight.
  final long lease;

  /// References that are held while it is here.
  final Set<Reference> held = new LinkedHashSet<>(2);

  final List<StoreIndex.Copy> pinned = new ArrayList<>(0);
  TaskSpec spec;
  State state = State.FETCHING;
  int missing;
  boolean blocked;
  boolean waitsForBytes;
  boolean unwanted;

  Execution(
      long id,
      WorkerId owner,
      EstateId estate,
      int attempt,
      TaskSpec spec,
      @Nullable Receipt receipt,
      long push,
      long lease) {
    this.id = id;
    this.owner = owner;
    this.estate = estate;
    this.attempt = attempt;
    this.spec = spec;
    this.receipt = receipt;
    this.push = push;
    this.lease = lease;
  }
}
