package dev.deed.futures.runtime;

import dev.deed.ownership.CopyName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The stored copies of an embedded worker, on the heap of this JVM: nobody else is to read them.
/// The core bounds their bytes. Thread-safe.
final class CopyStore {
  private final Map<CopyName, byte[]> copies = new ConcurrentHashMap<>();

  /// Takes the bytes of a copy, which are not copied and not to be changed.
  void write(CopyName name, byte[] bytes) {
    copies.put(name, bytes);
  }

  /// The bytes of a copy that is pinned; not to be changed.
  byte[] read(CopyName name) {
    byte[] bytes = copies.get(name);
    if (bytes == null) {
      throw new IllegalStateException("broken invariant: a pinned copy is gone: " + name);
    }
    return bytes;
  }

  void delete(CopyName name) {
    copies.remove(name);
  }

  void clear() {
    copies.clear();
  }
}
