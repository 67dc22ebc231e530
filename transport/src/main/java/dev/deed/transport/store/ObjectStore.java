package dev.deed.transport.store;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The stored values of one worker. It keeps bytes, and decides nothing: what goes in, and what is
/// evicted, is the core's business (`Effects.fetch`, `Effects.delete`, `Event.Reserve`).
/// Thread-safe.
public sealed interface ObjectStore extends AutoCloseable permits StoreBase {

  /// Begins a value.
  ///
  /// @param size its length in bytes, if it is known: room is then made sure of at once
  /// @throws OutOfSpaceException if there is no room
  /// @throws StoreClosedException after [#close()]
  Writing create(StoreKey key, OptionalLong size) throws IOException;

  /// Opens a sealed value; empty if there is none of this name.
  ///
  /// @throws CorruptValueException if what lies there is not what was sealed under this name (its
  ///   frame is checked here; for each byte, ask [Sealed#verify()])
  Optional<Sealed> open(StoreKey key) throws IOException;

  /// What is known of a sealed value, without opening it.
  Optional<StoredCopy> about(StoreKey key);

  /// Removes a sealed value; readers that have it open go on.
  ///
  /// @return whether there was one
  boolean delete(StoreKey key) throws IOException;

  /// All sealed values, in no order.
  List<StoredCopy> list();

  /// Bytes of sealed values and of those being written.
  long usedBytes();

  /// Removes everything: what is being written and, except in a [KeptStore], all values. Open
  /// values stay readable until they are closed. A second call does nothing.
  @Override
  void close() throws IOException;
}
