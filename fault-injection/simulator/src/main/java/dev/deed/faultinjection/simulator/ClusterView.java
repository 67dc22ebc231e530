package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.Message;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A cluster between two events, as the rules about references look at it: the simulator's, or a
/// state of the explorer's.
public interface ClusterView {

  /// All workers that there ever were.
  List<? extends WorkerView> workers();

  /// The worker of that id.
  WorkerView worker(WorkerId id);

  /// What all entries of the membership log add up to.
  MembershipLog truth();

  /// Messages that are on their way, those that carry no reference perhaps left out.
  Collection<Message> flying(WorkerView from, WorkerView to);

  /// Who serves the estate and knows its records: nobody while it passes from one to the next, and
  /// when it is closed.
  default Optional<WorkerView> server(EstateId estate) {
    return truth()
        .server(estate)
        .<WorkerView>map(this::worker)
        .filter(worker -> living(worker) && worker.facts().serves(estate));
  }

  /// Whether the record of the object was lost with a server of its estate: no heir had been told
  /// of it.
  default boolean lost(Reference reference) {
    return false;
  }

  /// Whether the estate has been given up by a server because nothing was left in it.
  default boolean givenUp(EstateId estate) {
    return false;
  }

  /// Whether the process runs and is a member in everybody's eyes.
  default boolean living(WorkerView worker) {
    return !worker.gone() && truth().lives(worker.id());
  }
}
