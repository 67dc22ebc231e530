package dev.deed.transport.value;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Sessions that are lent to one call each. A task runs on a virtual thread of its own, so a session
/// for each thread would be made (some milliseconds) for each task. Thread-safe; it never blocks: if
/// all are lent, one more is made, and those beyond the pool's size are given up.
final class ForyPool {
  private final Supplier<ForySession> factory;
  private final AtomicReferenceArray<@Nullable ForySession> idle;

  ForyPool(int size, Supplier<ForySession> factory) {
    this.factory = factory;
    this.idle = new AtomicReferenceArray<>(size);
  }

  /// Calls `use` with a session that nobody else has.
  <R extends @Nullable Object> R with(Function<ForySession, R> use) {
    ForySession session = take();
    try {
      return use.apply(session);
    } finally {
      give(session);
    }
  }

  private ForySession take() {
    for (int i = 0; i < idle.length(); i++) {
      if (idle.getPlain(i) != null) {
        ForySession session = idle.getAndSet(i, null);
        if (session != null) {
          return session;
        }
      }
    }
    return factory.get();
  }

  private void give(ForySession session) {
    for (int i = 0; i < idle.length(); i++) {
      if (idle.getPlain(i) == null && idle.compareAndSet(i, null, session)) {
        return;
      }
    }
  }
}
