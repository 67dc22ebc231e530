package dev.deed.transport.journal;

import com.github.luben.zstd.Zstd;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Writes a segment. Not thread-safe.
final class FrameWriter implements Closeable {
  /// Shorter contents are not worth a try.
  private static final int WORTH_A_TRY = 256;

  /// After so many tries in vain at most the next is made later and later.
  private static final int MOST_SKIPPED = 4;

  private static final int LEVEL = 1;

  private final JournalFiles.Output file;
  private final long number;

  /// The frame that is written.
  private byte[] bytes = new byte[1 << 12];

  private long position;
  private int skip;
  private int skipNext = 1;

  private FrameWriter(JournalFiles.Output file, long number) {
    this.file = file;
    this.number = number;
  }

  /// Makes the file, which begins with the header.
  static FrameWriter begin(JournalFiles files, String name, SegmentHead head) throws IOException {
    FrameWriter writer = new FrameWriter(files.create(name), head.number());
    boolean done = false;
    try {
      writer.file.write(head.bytes());
      writer.position = SegmentHead.BYTES;
      done = true;
      return writer;
    } finally {
      if (!done) {
        writer.close();
      }
    }
  }

  long number() {
    return number;
  }

  /// Bytes written.
  long position() {
    return position;
  }

  /// Writes a frame of the first `count` bytes of `content`; returns its length in the file.
  int write(int flags, long cut, long synced, byte[] content, int count) throws IOException {
    if (Zstd.compressBound(count) + Frame.HEAD_BYTES > bytes.length) {
      long more = Math.min(2L * count, Frame.CONTENT_BYTES);
      bytes = new byte[(int) Zstd.compressBound(more) + Frame.HEAD_BYTES];
    }
    int stored = pack(content, count);
    boolean packed = stored < count;
    CRC32C crc = new CRC32C();
    crc.update(bytes, Frame.HEAD_BYTES, stored);
    Frame frame =
        new Frame(
            packed ? flags | Frame.ZSTD : flags, stored, count, cut, synced, (int) crc.getValue());
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    frame.write(out, number, position);
    int length = Frame.HEAD_BYTES + stored;
    file.write(out.clear().limit(length));
    position += length;
    return length;
  }

  /// Puts the content behind the place of the header, compressed if an eighth is saved by it.
  private int pack(byte[] content, int count) {
    if (count >= WORTH_A_TRY && skip-- <= 0) {
      long packed =
          Zstd.compressByteArray(
              bytes, Frame.HEAD_BYTES, bytes.length - Frame.HEAD_BYTES, content, 0, count, LEVEL);
      if (!Zstd.isError(packed) && packed < count - count / 8) {
        skip = 0;
        skipNext = 1;
        return (int) packed;
      }
      skip = skipNext;
      skipNext = Math.min(2 * skipNext, MOST_SKIPPED);
    }
    System.arraycopy(content, 0, bytes, Frame.HEAD_BYTES, count);
    return count;
  }

  void sync() throws IOException {
    file.sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
