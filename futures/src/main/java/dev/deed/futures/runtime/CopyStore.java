package dev.deed.futures.runtime;

import dev.deed.lineage.Payload;
import dev.deed.ownership.CopyName;
import dev.deed.transport.value.ByteSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The stored copies of a worker. The core bounds their bytes, pins what is read, and says what
/// goes. Thread-safe.
interface CopyStore {

  /// Takes the bytes of a copy, which are not copied if they can be kept, and not to be changed; of
  /// an [dev.deed.transport.value.ArrayView] they are copied. Returns the digest by which the copy
  /// is known. Throws [dev.deed.OutOfStorageException] when the machine has no room.
  long write(CopyName name, Payload content);

  /// What `reader` makes of the bytes of a copy that is pinned.
  <T extends @Nullable Object> T read(CopyName name, Function<ByteSource, T> reader);

  /// Removes a copy, if it is there.
  void delete(CopyName name);

  /// Removes all copies.
  void clear();
}
