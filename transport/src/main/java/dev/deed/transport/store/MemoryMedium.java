package dev.deed.transport.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalLong;

/// A value in native memory: aligned as a mapped file is, out of the collector's way, and given
/// back when the last reader leaves.
final class MemoryMedium implements Medium {
  private static final long ALIGNMENT = 64;
  private static final long FIRST_BYTES = 256 << 10;

  private CountedArena arena = new CountedArena();
  private MemorySegment bytes;
  private boolean finished;

  MemoryMedium(OptionalLong size) throws OutOfSpaceException {
    bytes = allocate(arena, size.orElse(FIRST_BYTES));
  }

  private static MemorySegment allocate(CountedArena arena, long size) throws OutOfSpaceException {
    try {
      return arena.memory.allocate(size, ALIGNMENT);
    } catch (OutOfMemoryError e) {
      arena.release();
      throw new OutOfSpaceException("no memory for " + size + " bytes", e);
    }
  }

  @Override
  public void write(long position, ByteBuffer from) throws IOException {
    long end = position + from.remaining();
    if (end > bytes.byteSize()) {
      moveInto(Math.max(end, bytes.byteSize() * 2), position);
    }
    MemorySegment.copy(MemorySegment.ofBuffer(from), 0, bytes, position, from.remaining());
    from.position(from.limit());
  }

  private void moveInto(long size, long used) throws OutOfSpaceException {
    CountedArena larger = new CountedArena();
    MemorySegment room = allocate(larger, size);
    MemorySegment.copy(bytes, 0, room, 0, used);
    arena.release();
    arena = larger;
    bytes = room;
  }

  @Override
  public Reader reader() throws IOException {
    CountedArena held = arena;
    held.retain();
    return new MemoryReader(bytes, held::release);
  }

  @Override
  public Copy finish(StoreKey key, long size, long[] hashes) throws IOException {
    if (bytes.byteSize() > size + size / 4) {
      moveInto(size, size);
    }
    finished = true;
    StoredCopy about = new StoredCopy(key, size, BlockHash.digest(size, hashes));
    return new MemoryCopy(about, bytes.asSlice(0, size).asReadOnly(), hashes, arena::release);
  }

  @Override
  public void discard() {
    if (!finished) {
      finished = true;
      arena.release();
    }
  }

  /// Memory that goes with the last of those who use it: the writing, then the sealed value, and
  /// whoever began to send it while it was arriving.
  private static final class CountedArena {
    private final Arena memory = Arena.ofShared();
    private int users = 1;

    synchronized void retain() {
      if (users == 0) {
        throw new IllegalStateException("the memory has been given back");
      }
      users++;
    }

    synchronized void release() {
      users--;
      if (users == 0) {
        memory.close();
      }
    }
  }

  /// Reads a value's memory, on behalf of a hold that `release` ends.
  record MemoryReader(MemorySegment bytes, Runnable release) implements Reader {
    @Override
    public void read(long position, ByteBuffer into) {
      MemorySegment.copy(bytes, position, MemorySegment.ofBuffer(into), 0, into.remaining());
      into.position(into.limit());
    }

    @Override
    public long send(long position, long count, WritableByteChannel to) throws IOException {
      return to.write(bytes.asSlice(position, count).asByteBuffer());
    }

    @Override
    public void close() {
      release.run();
    }
  }
}
