package dev.deed.transport.link;

import dev.deed.lineage.wire.WireWriter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Buffers that are free to be written again: at most [#MAX_SPARES], none of them huge.
/// Thread-safe.
final class WriterPool {
  static final int MAX_SPARES = 64;

  /// A chunk ends with the message that passes its bound, so there is room for that.
  private static final int NEW_BYTES = Outbox.CHUNK_BYTES + Outbox.CHUNK_BYTES / 8;

  private static final int LARGEST_BYTES = 4 * Outbox.CHUNK_BYTES;

  private final Queue<WireWriter> spares = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  WireWriter take() {
    WireWriter spare = spares.poll();
    if (spare == null) {
      return new WireWriter(NEW_BYTES);
    }
    count.decrementAndGet();
    return spare;
  }

  void give(WireWriter writer) {
    if (writer.array().length > LARGEST_BYTES) {
      return;
    }
    if (count.incrementAndGet() > MAX_SPARES) {
      count.decrementAndGet();
      return;
    }
    writer.clear();
    spares.add(writer);
  }
}
