package dev.deed.transport.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The bytes of a sealed value in memory, for as long as somebody reads them.
///
/// Readers are counted. Closing a shared arena stops all threads for a moment (40 µs with the
/// mapping), so bytes without a reader stay mapped until the value is removed; only beyond
/// [#MAX_IDLE] idle mappings of a store they go at once, because a process may have 65 530
/// mappings.
final class SharedBytes {
  /// Most mappings of one store that are kept for the next reader.
  static final int MAX_IDLE = 4096;

  /// Brings the bytes into memory, in `arena`.
  interface Loader {
    Loaded load(Arena arena) throws IOException;
  }

  /// Bytes, and the checksums of their blocks.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Loaded(MemorySegment bytes, long[] hashes) {}

  private final Loader loader;
  private final AtomicInteger idle;
  private @Nullable Runnable unloader;
  private @Nullable Loaded loaded;
  private int readers;
  private boolean removed;

  /// Loads when the first reader comes.
  ///
  /// @param idle number of idle mappings of the store
  SharedBytes(Loader loader, AtomicInteger idle) {
    this.loader = loader;
    this.idle = idle;
  }

  /// Bytes that are there already, and can't be loaded again.
  ///
  /// @param unloader gives them back
  SharedBytes(Loaded loaded, Runnable unloader) {
    this(
        _ -> {
          throw new IllegalStateException("loaded twice");
        },
        new AtomicInteger(Integer.MIN_VALUE / 2)); // they may be idle for ever
    this.loaded = loaded;
    this.unloader = unloader;
  }

  /// Comes in as a reader, to be ended by [#release()]; empty if the value was removed.
  synchronized Optional<Loaded> acquire() throws IOException {
    if (removed) {
      return Optional.empty();
    }
    Loaded present = loaded;
    if (present == null) {
      present = load();
    } else if (readers == 0) {
      idle.decrementAndGet();
    }
    readers++;
    return Optional.of(present);
  }

  /// Does something that must not meet a removal.
  interface Work<T> {
    T run() throws IOException;
  }

  /// Does it unless the value was removed; a removal waits until it is done.
  synchronized <T> Optional<T> unlessRemoved(Work<T> work) throws IOException {
    return removed ? Optional.empty() : Optional.of(work.run());
  }

  private Loaded load() throws IOException {
    Arena fresh = Arena.ofShared();
    try {
      Loaded now = loader.load(fresh);
      unloader = fresh::close;
      loaded = now;
      return now;
    } finally {
      if (loaded == null) {
        fresh.close();
      }
    }
  }

  synchronized void release() {
    readers--;
    if (readers > 0) {
      return;
    }
    if (removed) {
      unload();
    } else if (idle.incrementAndGet() > MAX_IDLE) {
      idle.decrementAndGet();
      unload();
    }
  }

  synchronized void remove() {
    if (!removed) {
      removed = true;
      if (readers == 0 && loaded != null) {
        idle.decrementAndGet();
        unload();
      }
    }
  }

  private void unload() {
    Runnable last = unloader;
    unloader = null;
    loaded = null;
    if (last != null) {
      last.run();
    }
  }
}
