package dev.deed.futures.runtime;

import dev.deed.ownership.Event;
import dev.deed.ownership.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads several references at once.
final class GroupRead {
  private GroupRead() {}

  /// All values, or the exception of the first that fails.
  static <T extends @Nullable Object> List<T> getAll(List<HandleRef<? extends T>> refs) {
    WorkerRuntime runtime = refs.getFirst().runtime();
    long first = runtime.nextRequests(refs.size());
    List<Event> gets = new ArrayList<>(refs.size());
    for (HandleRef<? extends T> ref : refs) {
      gets.add(new Event.Get(first + gets.size(), HandleRef.of(ref, runtime).reference()));
    }
    GroupWait wait = new GroupWait(first, refs.size());
    runtime.driver().publish(new Event.Batch(gets), wait);
    try {
      wait.await(runtime);
      Answer failed = wait.failed();
      if (failed instanceof Answer.Got(_, _, Outcome.Failed(var failure))) {
        throw runtime.failures().toException(runtime.codeHere(), failure);
      }
      return read(runtime, wait, refs.size());
    } finally {
      List<Event> ends = wait.abandon();
      if (!ends.isEmpty()) {
        runtime.driver().publish(new Event.Batch(ends));
      }
      java.lang.ref.Reference.reachabilityFence(refs);
    }
  }

  private static <T extends @Nullable Object> List<T> read(
      WorkerRuntime runtime, GroupWait wait, int count) {
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Answer.Got got = wait.got(i);
      if (got == null) {
        throw runtime.closedException();
      }
      values.add(Readers.<T>decode(runtime, runtime.codeHere(), got));
    }
    return values;
  }
}
