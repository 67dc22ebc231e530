package dev.deed.futures.runtime;

import org.jspecify.annotations.Nullable;

/// What a thread is bound to: whose calls it makes, and its innermost scope. Used by its thread
/// alone.
///
/// A runner has one for life and changes its fields from task to task: a thread-local look-up finds
/// it, and a task begins with two writes.
final class Binding {
  /// Whose calls this thread makes; null for a thread that has only a scope.
  @Nullable Caller caller;

  /// The execution that this thread is in: the caller, unless the thread was started by the task.
  @Nullable TaskRun run;

  /// The innermost open scope.
  @Nullable RefScope scope;

  /// Executions in progress on this thread, one within the other.
  int depth;

  Binding(@Nullable Caller caller) {
    this.caller = caller;
  }

  /// The execution that waits when a thread with this binding does, or null. A thread that a task
  /// started counts as the task: its code may in turn wait for that thread.
  static @Nullable TaskRun waiting(@Nullable Binding binding) {
    if (binding == null || binding.run != null) {
      return binding == null ? null : binding.run;
    }
    return binding.caller instanceof TaskRun run && !run.ended() ? run : null;
  }
}
