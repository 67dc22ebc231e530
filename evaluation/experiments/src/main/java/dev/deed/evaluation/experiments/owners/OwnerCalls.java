package dev.deed.evaluation.experiments.owners;

import dev.deed.Deed;
import dev.deed.Ref;
import dev.deed.Task0;
import dev.deed.WorkerId;
import dev.deed.evaluation.experiments.cluster.ClusterControl;
import java.time.Duration;

/// Calls a task from this process, and waits for it.
final class OwnerCalls {
  /// No result is waited for longer.
  static final Duration LONGEST = Duration.ofMinutes(2);

  private OwnerCalls() {}

  static <R> R anywhere(ClusterControl cluster, Task0<R> task) {
    return cluster.session().callHere(() -> result(Deed.submit(task)));
  }

  static <R> R at(ClusterControl cluster, WorkerId worker, Task0<R> task) {
    return cluster
        .session()
        .callHere(() -> result(Deed.with(options -> options.onWorker(worker)).submit(task)));
  }

  private static <R> R result(Ref<R> ref) {
    try (ref) {
      return ref.get(LONGEST);
    }
  }
}
