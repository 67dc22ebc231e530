package dev.deed.transport.store;

import java.io.IOException;
import java.util.Optional;

/// A value that lies in another store of this process, which removes it.
record LentCopy(Copy copy) implements Copy {
  @Override
  public StoredCopy about() {
    return copy.about();
  }

  @Override
  public long roomBytes() {
    return 0;
  }

  @Override
  public void publish() {
    // It has its name, in the other store.
  }

  @Override
  public Optional<Sealed> open() throws IOException {
    return copy.open();
  }

  @Override
  public Optional<BlockSource> source() throws IOException {
    return copy.source();
  }

  @Override
  public void unload() {
    // The other store does that.
  }

  @Override
  public void hide() {
    // The name is the other store's.
  }

  @Override
  public void remove() {
    // So are the bytes.
  }
}
