package dev.deed;

import java.io.Serializable;

/// The code of a task without a result. See [Task0] for what it may capture.
@FunctionalInterface
public interface Action extends Serializable {

  /// Does the work. Whatever it throws reaches the readers as the cause of a [TaskFailedException].
  void run() throws Exception;
}
