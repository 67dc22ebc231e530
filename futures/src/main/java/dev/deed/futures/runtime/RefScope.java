package dev.deed.futures.runtime;

import dev.deed.Ref;
import dev.deed.Scope;
import dev.deed.ownership.CancelMode;
import dev.deed.ownership.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One open scope of one thread. It knows handles, not the reference objects: what the program
/// drops meanwhile is collected as ever.
final class RefScope implements Scope {
  private static final int FIRST_SWEEP = 1024;

  private final Thread thread = Thread.currentThread();
  private final @Nullable RefScope outer;
  private final Map<WorkerRuntime, List<Handle>> created = new LinkedHashMap<>();
  private int size;
  private int sweepAt = FIRST_SWEEP;
  private boolean closed;

  RefScope(@Nullable RefScope outer) {
    this.outer = outer;
  }

  /// The innermost open scope of a thread with this binding.
  static @Nullable RefScope of(@Nullable Binding binding) {
    return binding == null ? null : binding.scope;
  }

  /// Takes a new reference into its care.
  void created(HandleRef<?> ref) {
    created.computeIfAbsent(ref.runtime(), _ -> new ArrayList<>()).add(ref.handle());
    if (++size >= sweepAt) {
      created.values().forEach(handles -> handles.removeIf(Handle::dropped));
      size = created.values().stream().mapToInt(List::size).sum();
      sweepAt = Math.max(FIRST_SWEEP, 2 * size);
    }
  }

  @Override
  public <T extends @Nullable Object> Ref<T> keep(Ref<T> ref) {
    checkThread();
    HandleRef<T> kept = HandleRef.of(ref);
    List<Handle> handles = created.get(kept.runtime());
    if (handles != null && handles.remove(kept.handle())) {
      size--;
    }
    return ref;
  }

  @Override
  public void close() {
    checkThread();
    if (closed) {
      return;
    }
    Binding binding = Sessions.ownBinding();
    if (binding.scope != this) {
      Sessions.tidy(binding);
      throw new IllegalStateException(
          "a scope that is not the innermost open one of its thread can't be closed");
    }
    closed = true;
    binding.scope = outer;
    Sessions.tidy(binding);
    created.forEach(RefScope::release);
    created.clear();
  }

  private static void release(WorkerRuntime runtime, List<Handle> handles) {
    List<Event> cancels = new ArrayList<>(handles.size());
    for (Handle handle : handles) {
      if (!handle.dropped()) {
        cancels.add(new Event.Cancel(handle.reference(), CancelMode.INTERRUPT, true));
      }
    }
    if (!cancels.isEmpty() && runtime.driver().stopped() == null) {
      runtime.driver().publish(new Event.Batch(cancels));
    }
    runtime.handles().dropAll(handles);
  }

  private void checkThread() {
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException("a scope belongs to the thread that opened it: " + thread);
    }
  }
}
