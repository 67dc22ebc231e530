package dev.deed.ownership;

import java.util.List;

/// How one execution of a task ended, as its executor tells it.
public sealed interface TaskOutcome {

  /// It returned: an outcome for each result, [Outcome.Inline] or [Outcome.Stored] (sealed in the
  /// executor's own store, without holders), or [Outcome.Failed] where that result could not be
  /// kept.
  record Returned(List<Outcome> results) implements TaskOutcome {}

  /// The user's code threw, or a result could not be encoded.
  ///
  /// @param retriable whether the exception is one of the task's `retryOn`
  record Threw(Failure failure, boolean retriable) implements TaskOutcome {}

  /// It was cancelled before or while it ran.
  record Cancelled() implements TaskOutcome {}

  /// It was begun again with what an earlier execution had called, and called something else: it is
  /// to be begun without.
  record Diverged() implements TaskOutcome {}
}
