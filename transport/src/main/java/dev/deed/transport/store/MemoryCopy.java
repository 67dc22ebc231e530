package dev.deed.transport.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A sealed value in this process's own memory.
final class MemoryCopy implements Copy {
  private final StoredCopy about;
  private final SharedBytes shared;

  MemoryCopy(StoredCopy about, MemorySegment bytes, long[] hashes, Runnable unloader) {
    this.about = about;
    this.shared = new SharedBytes(new SharedBytes.Loaded(bytes, hashes), unloader);
  }

  @Override
  public StoredCopy about() {
    return about;
  }

  @Override
  public void publish() {
    // There is nobody outside the process to see it.
  }

  @Override
  public Optional<Sealed> open() throws IOException {
    return shared.acquire().map(loaded -> new OpenValue(about, shared, loaded));
  }

  @Override
  public Optional<BlockSource> source() throws IOException {
    return shared
        .acquire()
        .map(loaded ->
            new BlockSource.Whole(
                about,
                loaded.hashes(),
                new MemoryMedium.MemoryReader(loaded.bytes(), shared::release)));
  }

  @Override
  public void unload() {
    shared.remove();
  }

  @Override
  public void hide() {
    shared.remove();
  }

  @Override
  public void remove() {
    shared.remove();
  }
}
