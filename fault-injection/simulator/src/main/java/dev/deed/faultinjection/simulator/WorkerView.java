package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import java.util.Collection;
import java.util.List;

/// One worker of a [ClusterView]. Its text is its name.
public interface WorkerView {

  /// The process.
  WorkerId id();

  /// What it owns.
  EstateId estate();

  /// Whether the process has ended, by itself or by force.
  boolean gone();

  /// What its core has now.
  CoreFacts facts();

  /// Every handle that a program of this process has now.
  Collection<Reference> handles();

  /// Tasks that were handed over and have not begun.
  List<TaskSpec> waiting();
}
