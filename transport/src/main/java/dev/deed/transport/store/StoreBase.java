package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// What all stores have in common: which values are sealed, arriving and being written.
abstract sealed class StoreBase implements ObjectStore permits FileStore, HeapStore, KeptStore {
  /*
   * State: a name is in `copies` from its sealing to its removal, and in `arriving` while its blocks
   * come. A writing is known to its writer only: it ends when it is sealed or given up, and meets
   * the closed store at its next step.
   * Concurrency: sealing, removal and closing are decided under `admission`; bytes move outside it.
   */
  private final Map<StoreKey, Copy> copies = new ConcurrentHashMap<>();
  private final Map<StoreKey, Receiving> arriving = new ConcurrentHashMap<>();
  private final Object admission = new Object();
  private final Room room;
  private volatile boolean closed;

  StoreBase(long limitBytes) {
    this.room = new Room(limitBytes);
  }

  /// Begins the bytes of a value.
  abstract Medium medium(OptionalLong size) throws IOException;

  /// Takes the value over from another worker's store without copying it, if the bytes of both lie
  /// in the same memory.
  ///
  /// @return whether the value is here now
  abstract boolean link(WorkerId holder, StoredCopy wanted) throws IOException;

  final Room room() {
    return room;
  }

  final void requireOpen() throws StoreClosedException {
    if (closed) {
      throw new StoreClosedException("the store is closed");
    }
  }

  @Override
  public final Writing create(StoreKey key, OptionalLong size) throws IOException {
    long wanted = size.orElse(0);
    BlockHash.blocks(wanted);
    return new Appending(this, key, begin(wanted, size), size, wanted);
  }

  /// Begins a value that comes from others. Empty if it is here, or arriving already.
  final Optional<Receiving> receive(StoredCopy expected) throws IOException {
    long size = expected.size();
    Receiving value = new Receiving(this, expected, begin(size, OptionalLong.of(size)));
    if (copies.containsKey(expected.key()) || arriving.putIfAbsent(expected.key(), value) != null) {
      value.abort();
      return Optional.empty();
    }
    return Optional.of(value);
  }

  /// The value has been sealed or given up.
  final void arrived(Receiving value) {
    arriving.remove(value.expected().key(), value);
  }

  private Medium begin(long roomBytes, OptionalLong size) throws IOException {
    requireOpen();
    room.take(roomBytes);
    try {
      return medium(size);
    } catch (IOException | RuntimeException e) {
      room.give(roomBytes);
      throw e;
    }
  }

  /// Ends a writing: the value is sealed, or dropped in favour of the one that was sealed before
  /// it.
  final StoredCopy admit(Medium medium, StoreKey key, long size, long[] hashes) throws IOException {
    requireOpen();
    Copy copy = medium.finish(key, size, hashes);
    try {
      return admitFirst(copy, size);
    } catch (IOException e) {
      copy.remove();
      throw e;
    }
  }

  private StoredCopy admitFirst(Copy copy, long size) throws IOException {
    synchronized (admission) {
      requireOpen();
      Copy first = copies.get(copy.about().key());
      if (first == null) {
        copy.publish();
        copies.put(copy.about().key(), copy);
        return copy.about();
      }
      room.give(size);
      copy.remove();
      return first.about();
    }
  }

  /// Takes in a value that lies in the store's directory already, in room that was taken.
  ///
  /// @return whether it is new here
  final boolean admit(Copy copy) throws IOException {
    synchronized (admission) {
      requireOpen();
      if (copies.containsKey(copy.about().key())) {
        return false;
      }
      copy.publish();
      copies.put(copy.about().key(), copy);
      return true;
    }
  }

  /// The copy of that name, for another store that is to serve it as well.
  final Optional<Copy> copy(StoreKey key) {
    return Optional.ofNullable(copies.get(key));
  }

  /// Gives up what is being written.
  final void discard(Medium medium, long roomBytes) {
    room.give(roomBytes);
    medium.discard();
  }

  @Override
  public final Optional<Sealed> open(StoreKey key) throws IOException {
    requireOpen();
    Copy copy = copies.get(key);
    return copy == null ? Optional.empty() : copy.open();
  }

  /// A way to send a value, sealed or arriving.
  final Optional<BlockSource> source(StoreKey key) throws IOException {
    requireOpen();
    Copy copy = copies.get(key);
    if (copy != null) {
      return copy.source();
    }
    Receiving value = arriving.get(key);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(value.source());
    } catch (NoSuchFileException _) {
      // It was sealed or given up meanwhile, and its file has another name or none.
      Copy sealed = copies.get(key);
      return sealed == null ? Optional.empty() : sealed.source();
    }
  }

  @Override
  public final Optional<StoredCopy> about(StoreKey key) {
    return Optional.ofNullable(copies.get(key)).map(Copy::about);
  }

  @Override
  public final boolean delete(StoreKey key) throws IOException {
    Copy copy;
    synchronized (admission) {
      copy = copies.remove(key);
      if (copy == null) {
        return false;
      }
      // Within the lock: a value that is sealed next under this name must find the name free, and
      // its
      // file must not be the one that is removed below. The bytes themselves go outside it.
      copy.hide();
    }
    room.give(copy.roomBytes());
    copy.remove();
    return true;
  }

  @Override
  public final List<StoredCopy> list() {
    return copies.values().stream().map(Copy::about).toList();
  }

  @Override
  public final long usedBytes() {
    return room.usedBytes();
  }

  @Override
  public final void close() throws IOException {
    synchronized (admission) {
      if (closed) {
        return;
      }
      closed = true;
    }
    arriving.values().forEach(Receiving::abort);
    if (outlives()) {
      copies.values().forEach(Copy::unload);
    } else {
      for (StoreKey key : List.copyOf(copies.keySet())) {
        delete(key);
      }
    }
    closed();
  }

  /// Whether the values stay when the store is closed.
  boolean outlives() {
    return false;
  }

  /// Removes what is left after all values have been.
  abstract void closed() throws IOException;
}
