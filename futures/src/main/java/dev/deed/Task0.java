package dev.deed;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// The code of a task that joins no reference: a lambda or a method reference. What it captures is
/// sent along as it is at the moment of the call; a later change is not seen by the task.
///
/// @param <R> type of the result, which may be null
@FunctionalInterface
public interface Task0<R extends @Nullable Object> extends Serializable {

  /// Computes the result, on a virtual thread of the executing worker. Whatever it throws reaches
  /// the readers as the cause of a [TaskFailedException].
  R run() throws Exception;
}
