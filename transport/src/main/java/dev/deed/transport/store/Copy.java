package dev.deed.transport.store;

import java.io.IOException;
import java.util.Optional;

/// A sealed value as the store keeps it.
sealed interface Copy permits FileCopy, LentCopy, MemoryCopy {

  StoredCopy about();

  /// Bytes that it takes of the store's room.
  default long roomBytes() {
    return about().size();
  }

  /// Makes the value visible to others, under its name.
  void publish() throws IOException;

  /// Opens the value; empty if it has been removed.
  Optional<Sealed> open() throws IOException;

  /// Opens the value for sending; empty if it has been removed.
  Optional<BlockSource> source() throws IOException;

  /// Lets the bytes go from this process's memory, with the last reader: it can't be opened any
  /// more.
  void unload();

  /// Takes the name away, so that another value may have it: from now on it can't be opened.
  void hide() throws IOException;

  /// Removes the bytes of a value that is hidden or was never published; memory goes with the last
  /// reader.
  void remove() throws IOException;
}
