package dev.deed;

import org.jspecify.annotations.Nullable;

/// The task's code threw. The cause is the user's exception, with the stack that it had where it
/// was thrown. Where a task failed because one that it depends on did, the cause is that one's
/// `TaskFailedException`, and so on along the tasks.
public final class TaskFailedException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public TaskFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
