package dev.deed.faultinjection.simulator;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.Message;
import java.util.Collection;
import java.util.List;

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

  /// Whether the process runs and is a member in everybody's eyes.
  default boolean living(WorkerView worker) {
    return !worker.gone() && truth().lives(worker.id());
  }
}
