package dev.deed;

/// How a task that is not wanted any more is told so.
public enum CancelMode {
  /// The task and its unfinished descendants end; those that run are interrupted.
  INTERRUPT,
  /// The task and its unfinished descendants end; those that run see [TaskContext#isCancelled()]
  /// and are not interrupted.
  COOPERATIVE,
  /// As [#INTERRUPT], for the task alone: what it has called goes on.
  NOT_RECURSIVE
}
