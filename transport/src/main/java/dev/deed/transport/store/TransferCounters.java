package dev.deed.transport.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What transfers have done since they began. Thread-safe.
public final class TransferCounters {
  /// What is counted.
  public enum Count {
    /// Bytes of values sent, before compression.
    BYTES_SENT,
    /// Chunks sent.
    CHUNKS_SENT,
    /// Chunks sent compressed.
    CHUNKS_COMPRESSED,
    /// Bytes of values received, after decompression.
    BYTES_RECEIVED,
    /// Chunks received and found good.
    CHUNKS_RECEIVED,
    /// Values taken over from the same host by one more name for their file.
    VALUES_LINKED,
    /// Chunks whose bytes did not have their checksum.
    CORRUPT_CHUNKS,
    /// Connections closed because what came over them made no sense.
    MALFORMED,
    /// Connections that broke, or were given up for want of progress, while in use.
    BROKEN,
    /// Connections that were not served: too many.
    REFUSED,
    /// Requests for values that are not here.
    ABSENT
  }

  private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);

  TransferCounters() {
    for (Count count : Count.values()) {
      counts.put(count, new LongAdder());
    }
  }

  /// The number so far.
  public long get(Count count) {
    return adder(count).sum();
  }

  void add(Count count, long number) {
    adder(count).add(number);
  }

  private LongAdder adder(Count count) {
    LongAdder adder = counts.get(count);
    if (adder == null) {
      throw new IllegalStateException("not counted: " + count);
    }
    return adder;
  }
}
