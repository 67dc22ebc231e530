package dev.deed;

/// What a task may know of its own execution; see [Deed#context()]. May be read by any thread.
public interface TaskContext {

  /// The task that is executed.
  TaskId id();

  /// Number of this execution of the task, from 1.
  int attempt();

  /// The worker that executes it.
  WorkerId worker();

  /// Whether the task isn't wanted any more. Long computations look now and then and return or
  /// throw.
  boolean isCancelled();
}
