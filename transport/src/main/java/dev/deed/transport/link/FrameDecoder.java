package dev.deed.transport.link;

import dev.deed.lineage.wire.MalformedException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Cuts the bytes of one connection into frames, without copying them out of the buffer that the
/// socket was read into. Not thread-safe.
///
/// A header is checked as soon as it is complete, before anything is allocated for what it
/// announces; then the buffer grows as the bytes come, at most to twice what has come.
final class FrameDecoder {
  static final int BUFFER_BYTES = 64 * 1024;

  /// Gets the frames. What it throws goes to the caller of [FrameDecoder#decode].
  interface Sink {
    /// The content is `length` bytes of `buffer` from `offset`, valid during the call only. Returns
    /// false if no more is wanted, ever.
    boolean message(byte[] buffer, int offset, int length);

    /// The other end has received `count` messages since the two workers first met.
    void acknowledged(long count);
  }

  private final int maxMessageBytes;
  private final CRC32C crc = new CRC32C();
  private byte[] buffer = new byte[BUFFER_BYTES];
  private ByteBuffer view = ByteBuffer.wrap(buffer);
  private int start;
  private int end;
  private long received;

  /// Expects message number `received` (from 0) next.
  FrameDecoder(int maxMessageBytes, long received) {
    this.maxMessageBytes = maxMessageBytes;
    this.received = received;
  }

  /// Number of messages that were given to a sink, the one that is being given included.
  long received() {
    return received;
  }

  /// Room for at least one byte more. Whoever puts bytes there calls [#decode] next.
  ByteBuffer space() {
    if (start == end) {
      start = 0;
      end = 0;
      if (buffer.length > BUFFER_BYTES) {
        resize(BUFFER_BYTES);
      }
    } else if (start > 0 && buffer.length - end < buffer.length / 4) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      resize((int) Math.min(2L * buffer.length, (long) Frame.HEADER_BYTES + maxMessageBytes));
    }
    view.limit(buffer.length).position(end);
    return view;
  }

  /// Gives `sink` all frames that are complete now, in order. Throws [MalformedException] at the
  /// first bytes that are wrong; the decoder must not be used after that.
  void decode(Sink sink) {
    end = view.position();
    while (end - start >= Frame.HEADER_BYTES) {
      int word = Frame.readInt(buffer, start);
      int kind = Frame.kind(word);
      int length = Frame.length(word);
      checkHeader(kind, length, word);
      int content = start + Frame.HEADER_BYTES;
      if (end - content < length) {
        return;
      }
      if (Frame.readInt(buffer, start + 8) != Frame.checksum(crc, buffer, content, length)) {
        throw new MalformedException("a frame's content does not match its checksum");
      }
      start = content + length;
      if (kind == Frame.MESSAGE) {
        received++;
        if (!sink.message(buffer, content, length)) {
          return;
        }
      } else {
        sink.acknowledged(Frame.readLong(buffer, content));
      }
    }
  }

  private void checkHeader(int kind, int length, int word) {
    boolean message = kind == Frame.MESSAGE;
    if (!message && kind != Frame.ACKNOWLEDGEMENT) {
      throw new MalformedException("a frame of kind " + kind);
    }
    if (message ? length == 0 || length > maxMessageBytes : length != Long.BYTES) {
      throw new MalformedException("a frame of kind " + kind + " with " + length + " bytes");
    }
    if (Frame.readInt(buffer, start + 4) != Frame.check(word, message ? received : 0)) {
      throw new MalformedException("a frame's header does not match its check");
    }
  }

  private void resize(int size) {
    byte[] resized = new byte[size];
    System.arraycopy(buffer, start, resized, 0, end - start);
    end -= start;
    start = 0;
    buffer = resized;
    view = ByteBuffer.wrap(buffer);
  }

  /// Number of bytes that the decoder holds for itself.
  int capacity() {
    return buffer.length;
  }
}
