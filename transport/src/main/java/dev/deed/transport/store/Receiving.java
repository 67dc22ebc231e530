package dev.deed.transport.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/// A value that arrives from other workers: its size and digest are known, its blocks come in any
/// order, and those that are there can be sent on.
///
/// Thread-safe, as long as no block is written by two threads at once.
final class Receiving {
  private final StoreBase store;
  private final StoredCopy expected;
  private final Medium medium;
  private final long[] hashes;
  private final boolean[] present;
  private int missing;
  private int writers;
  private boolean over;
  private boolean sealed;

  Receiving(StoreBase store, StoredCopy expected, Medium medium) {
    this.store = store;
    this.expected = expected;
    this.medium = medium;
    int blocks = BlockHash.blocks(expected.size());
    this.hashes = new long[blocks];
    this.present = new boolean[blocks];
    this.missing = blocks;
  }

  StoredCopy expected() {
    return expected;
  }

  /// Writes a part of a block that is not complete.
  ///
  /// @throws StoreClosedException if it was given up
  void write(long position, ByteBuffer bytes) throws IOException {
    synchronized (this) {
      if (over) {
        throw new StoreClosedException(expected.key() + ": given up");
      }
      writers++;
    }
    try {
      medium.write(position, bytes);
    } finally {
      boolean last;
      synchronized (this) {
        writers--;
        last = over && writers == 0;
      }
      if (last) {
        store.discard(medium, expected.size());
      }
    }
  }

  /// All bytes of the block are written, and have this checksum.
  synchronized void complete(int block, long hash) {
    if (!present[block]) {
      present[block] = true;
      hashes[block] = hash;
      missing--;
      notifyAll();
    }
  }

  /// Makes it a sealed value.
  ///
  /// @throws CorruptValueException if the blocks are not those of the expected digest
  StoredCopy seal() throws IOException {
    synchronized (this) {
      if (missing > 0) {
        throw new IllegalStateException(missing + " blocks are missing");
      }
      if (over) {
        throw new StoreClosedException(expected.key() + ": given up");
      }
    }
    boolean done = false;
    try {
      if (BlockHash.digest(expected.size(), hashes) != expected.digest()) {
        throw new CorruptValueException("what came as " + expected.key() + " is another value");
      }
      StoredCopy copy = store.admit(medium, expected.key(), expected.size(), hashes);
      done = true;
      end(true);
      return copy;
    } finally {
      if (!done) {
        abort();
      }
    }
  }

  /// Gives up; nothing remains, as soon as nobody is writing.
  void abort() {
    if (end(false)) {
      store.discard(medium, expected.size());
    }
  }

  /// Whether the caller is the one to give the bytes back.
  private boolean end(boolean asSealed) {
    boolean first;
    boolean unused;
    synchronized (this) {
      first = !over;
      unused = writers == 0;
      if (first) {
        over = true;
        sealed = asSealed;
        notifyAll();
      }
    }
    if (first) {
      store.arrived(this);
    }
    return first && unused;
  }

  /// A way to send what has arrived.
  BlockSource source() throws IOException {
    return new Arriving(this, medium.reader());
  }

  private synchronized OptionalLong awaitHash(int block, long timeoutNs)
      throws StoreClosedException {
    long end = System.nanoTime() + timeoutNs;
    while (!present[block]) {
      if (over && !sealed) {
        throw new StoreClosedException(expected.key() + ": given up");
      }
      long leftMs = (end - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        return OptionalLong.empty();
      }
      try {
        wait(leftMs);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw new StoreClosedException("interrupted");
      }
    }
    return OptionalLong.of(hashes[block]);
  }

  /// Sends the blocks that are there.
  private record Arriving(Receiving value, Medium.Reader bytes) implements BlockSource {
    @Override
    public long size() {
      return value.expected.size();
    }

    @Override
    public long digest() {
      return value.expected.digest();
    }

    @Override
    public OptionalLong awaitHash(int block, long timeoutNs) throws IOException {
      return value.awaitHash(block, timeoutNs);
    }
  }
}
