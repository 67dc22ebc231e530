package dev.deed.faultinjection.chaos.processes;

import dev.deed.Ref;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// References that a worker process keeps beyond the tasks that got them: what the state of an
/// actor would be.
final class Kept {
  private static final Map<String, Ref<?>> REFS = new ConcurrentHashMap<>();

  private Kept() {}

  static void keep(String name, Ref<?> ref) {
    REFS.put(name, ref);
  }

  @SuppressWarnings("unchecked")
  static Ref<byte[]> get(String name) {
    Ref<?> ref = REFS.get(name);
    if (ref == null) {
      throw new IllegalStateException("nothing is kept as " + name);
    }
    return (Ref<byte[]>) ref;
  }

  static void drop(String name) {
    @Nullable Ref<?> ref = REFS.remove(name);
    if (ref != null) {
      ref.close();
    }
  }
}
