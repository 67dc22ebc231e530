package dev.deed.transport.journal;

import com.github.luben.zstd.Zstd;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads a segment from front to back, with a buffer of a few frames. Not thread-safe.
final class FrameReader implements Closeable {
  private static final int BUFFER_BYTES = 2 * (Frame.HEAD_BYTES + Frame.CONTENT_BYTES);

  private static final byte[] NOTHING = {};

  private final JournalFiles.Input file;
  private final long number;
  private final long end;
  private final ByteBuffer buffer;

  /// Where in the file the buffer begins.
  private long bufferAt;

  private long position;
  private @Nullable Frame frame;
  private byte[] content = NOTHING;

  /// Reads up to `end`.
  FrameReader(JournalFiles.Input file, long number, long end) {
    this.file = file;
    this.number = number;
    this.end = end;
    this.buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, end));
    buffer.order(ByteOrder.LITTLE_ENDIAN).limit(0);
  }

  /// The header of the segment; the frames are read next.
  Optional<SegmentHead> head(String name) throws IOException {
    int index = load(0, SegmentHead.BYTES);
    if (index < 0) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(SegmentHead.BYTES);
    bytes.put(0, buffer, index, SegmentHead.BYTES);
    position = SegmentHead.BYTES;
    return SegmentHead.read(bytes, name);
  }

  /// Begins at the first frame, after a header that is known to be good.
  void skipHead() {
    position = SegmentHead.BYTES;
  }

  /// Where the next frame begins.
  long position() {
    return position;
  }

  /// Reads the next frame. False at the end, and where no good frame stands; there the reader
  /// stays.
  boolean next() throws IOException {
    int index = load(position, Frame.HEAD_BYTES);
    Frame next = index < 0 ? null : Frame.read(buffer, index, number, position);
    if (next == null) {
      return false;
    }
    index = load(position + Frame.HEAD_BYTES, next.stored());
    byte[] plain = index < 0 ? null : plain(next, index);
    if (plain == null) {
      return false;
    }
    frame = next;
    content = plain;
    position += Frame.HEAD_BYTES + next.stored();
    return true;
  }

  /// The frame that [#next] has read.
  Frame frame() {
    if (frame == null) {
      throw new IllegalStateException("no frame has been read");
    }
    return frame;
  }

  /// The content of the frame that [#next] has read.
  byte[] content() {
    return content;
  }

  boolean atEnd() {
    return position == end;
  }

  /// Whether a frame behind the place where the reader stays says that cut `cut` had been synced.
  boolean laterFrameHasSynced(long cut) throws IOException {
    for (long at = position + 1; at + Frame.HEAD_BYTES <= end; at++) {
      int index = load(at, Frame.HEAD_BYTES);
      if (index < 0) {
        return false;
      }
      Frame later = Frame.read(buffer, index, number, at);
      if (later != null && later.synced() >= cut) {
        return true;
      }
    }
    return false;
  }

  private byte @Nullable [] plain(Frame next, int index) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.array(), index, next.stored());
    if ((int) crc.getValue() != next.checksum()) {
      return null;
    }
    byte[] plain = new byte[next.plain()];
    if (!next.has(Frame.ZSTD)) {
      System.arraycopy(buffer.array(), index, plain, 0, plain.length);
      return plain;
    }
    long length =
        Zstd.decompressByteArray(plain, 0, plain.length, buffer.array(), index, next.stored());
    return length == plain.length ? plain : null;
  }

  /// Has `count` bytes from `at` on in the buffer; returns their index there, or -1 if the file
  /// ends before.
  private int load(long at, int count) throws IOException {
    if (at + count > end) {
      return -1;
    }
    if (at < bufferAt || at + count > bufferAt + buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      bufferAt = at;
      while (buffer.hasRemaining()) {
        if (file.read(at + buffer.position(), buffer) < 0) {
          break;
        }
      }
      buffer.flip();
      if (buffer.limit() < count) {
        return -1;
      }
    }
    return (int) (at - bufferAt);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
