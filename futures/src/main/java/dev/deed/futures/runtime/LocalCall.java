package dev.deed.futures.runtime;

import org.jspecify.annotations.Nullable;

/// The link from a reference to the execution of its task while that waits in this worker, so that
/// a `get` may run it in place. The specification carries it along, hidden in the function's
/// payload; it holds on to nothing else of the call.
final class LocalCall {
  /// Set when the execution is queued, cleared when it begins.
  volatile @Nullable TaskRun queued;

  /// Whether a task waits for the result, so that the execution goes before others.
  volatile boolean awaited;
}
