package dev.deed.futures.runtime;

import dev.deed.lineage.Mixing;
import dev.deed.lineage.Payload;
import dev.deed.ownership.CopyName;
import dev.deed.transport.value.ByteSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The stored copies of an embedded worker, on the heap of this JVM: nobody else is to read them.
final class HeapCopies implements CopyStore {
  private final Map<CopyName, byte[]> copies = new ConcurrentHashMap<>();

  @Override
  public long write(CopyName name, Payload content) {
    byte[] bytes = content.bytes();
    copies.put(name, bytes);
    return Mixing.mix(bytes, 0);
  }

  @Override
  public <T extends @Nullable Object> T read(CopyName name, Function<ByteSource, T> reader) {
    byte[] bytes = copies.get(name);
    if (bytes == null) {
      throw new IllegalStateException("broken invariant: a pinned copy is gone: " + name);
    }
    return reader.apply(ByteSource.of(bytes));
  }

  @Override
  public void delete(CopyName name) {
    copies.remove(name);
  }

  @Override
  public void clear() {
    copies.clear();
  }
}
