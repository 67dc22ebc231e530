package dev.deed.futures.runtime;

import dev.deed.ownership.CopyName;

/// The stored copies of a worker. The core bounds their bytes, pins what is read, and says what
/// goes. Thread-safe.
interface CopyStore {

  /// Takes the bytes of a copy, which are not copied if they can be kept, and not to be changed.
  /// Returns the digest by which the copy is known. Throws [dev.deed.OutOfStorageException] when
  /// the machine has no room.
  long write(CopyName name, byte[] bytes);

  /// The bytes of a copy that is pinned; not to be changed.
  byte[] read(CopyName name);

  /// Removes a copy, if it is there.
  void delete(CopyName name);

  /// Removes all copies.
  void clear();
}
