package dev.deed.transport.link;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// All messages to one peer that it has not acknowledged, in the form in which they are sent:
/// written once by the runner, sent from there, sent again from there after a reconnect.
final class Outbox {
  /*
   * State: a list of chunks, oldest first. The runner writes into the last one (`tail`); `cursor` and
   * `offset` say what is sent next; `head` is the oldest chunk with something unacknowledged.
   *
   * Concurrency: begin, end and publish are the runner's. All other methods, except the counters, are
   * called under the link's send lock. Runner and senders share a chunk: bytes below `published` don't
   * change any more, and a sender reads `published` before `array`, the runner writes them the other way
   * round; so a sender sees an array that has at least the published bytes. `closed` is set after the
   * last `published`.
   *
   * Invariants: head ≤ cursor ≤ tail; acknowledged ≤ sent ≤ published messages; a chunk starts and is
   * published at a frame's edge, so only the cursor's chunk can be sent in part of a frame.
   */

  /// A chunk is closed when it holds so many bytes.
  static final int CHUNK_BYTES = 64 * 1024;

  private static final int FIRST_BYTES = 4 * 1024;
  private static final int WRITE_BYTES = 256 * 1024;

  /// What one call of [#send] writes at most, so that one peer does not keep its thread from
  /// others.
  private static final int TURN_BYTES = 1024 * 1024;

  private static final class Chunk {
    final WireWriter writer;
    final long firstNumber;
    volatile byte[] array;
    volatile int published;
    volatile boolean closed;
    volatile @Nullable Chunk next;

    Chunk(WireWriter writer, long firstNumber) {
      this.writer = writer;
      this.firstNumber = firstNumber;
      this.array = writer.array();
    }
  }

  private final WriterPool pool;
  private final int maxMessageBytes;
  private final CRC32C crc = new CRC32C();

  // The runner's.
  private Chunk tail;
  private Chunk firstUnpublished;
  private int frameStart = -1;
  private long queuedNumber;
  private long queuedBytes;

  // Written by the runner.
  private volatile long publishedNumber;
  private volatile long publishedBytes;

  // Under the send lock; the volatile ones are read by anyone.
  private Chunk head;
  private Chunk cursor;
  private int offset;
  private int edge;
  private long edgeNumber;
  private volatile long releasedBytes;
  private volatile long acknowledged;

  Outbox(WriterPool pool, int maxMessageBytes) {
    this.pool = pool;
    this.maxMessageBytes = maxMessageBytes;
    tail = new Chunk(new WireWriter(FIRST_BYTES), 0);
    firstUnpublished = tail;
    head = tail;
    cursor = tail;
  }

  /// Runner: starts a message, or starts it anew.
  WireWriter begin() {
    takeBack();
    frameStart = tail.writer.length();
    Frame.reserve(tail.writer);
    return tail.writer;
  }

  /// Runner: forgets a message that was begun and not ended.
  void takeBack() {
    if (frameStart >= 0) {
      tail.writer.truncate(frameStart);
      frameStart = -1;
    }
  }

  /// Runner: the message is complete. Refuses one that is empty or too long and takes it back.
  void end() {
    if (frameStart < 0) {
      throw new IllegalStateException("no message was begun");
    }
    WireWriter out = tail.writer;
    int length = out.length() - frameStart - Frame.HEADER_BYTES;
    if (length < 1 || length > maxMessageBytes) {
      takeBack();
      throw new IllegalArgumentException(
          "a message has 1.." + maxMessageBytes + " bytes, not " + length);
    }
    Frame.finish(out, frameStart, queuedNumber, crc);
    queuedNumber++;
    queuedBytes += out.length() - frameStart;
    frameStart = -1;
    if (out.length() >= CHUNK_BYTES) {
      Chunk next = new Chunk(pool.take(), queuedNumber);
      tail.next = next;
      tail = next;
    }
  }

  /// Runner: bytes that are kept, to within a chunk; 0 if all is acknowledged.
  long queuedBytes() {
    return acknowledged == queuedNumber ? 0 : queuedBytes - releasedBytes;
  }

  /// Runner: what was ended may be sent from now on.
  void publish() {
    Chunk chunk = firstUnpublished;
    while (chunk != tail) {
      chunk.array = chunk.writer.array();
      chunk.published = chunk.writer.length();
      chunk.closed = true;
      chunk = next(chunk);
    }
    chunk.array = chunk.writer.array();
    chunk.published = frameStart >= 0 ? frameStart : chunk.writer.length();
    firstUnpublished = chunk;
    publishedBytes = queuedBytes;
    publishedNumber = queuedNumber;
  }

  /// Any thread: published bytes that are kept; 0 exactly when all is acknowledged.
  long unacknowledgedBytes() {
    return hasUnacknowledged() ? Math.max(0, publishedBytes - releasedBytes) : 0;
  }

  /// Any thread: number of messages published.
  long publishedNumber() {
    return publishedNumber;
  }

  /// Any thread: number of bytes published, headers included.
  long publishedBytes() {
    return publishedBytes;
  }

  /// Any thread: number of messages that the peer has acknowledged.
  long acknowledged() {
    return acknowledged;
  }

  /// Any thread: whether there is something to send, or to be acknowledged.
  boolean hasUnacknowledged() {
    return acknowledged < publishedNumber;
  }

  /// Writes what is published and not sent. Returns false if the channel took less, or if it took
  /// so much that others should have their turn first.
  boolean send(WritableByteChannel channel) throws IOException {
    int turn = 0;
    while (turn < TURN_BYTES) {
      int count = Math.min(cursor.published - offset, WRITE_BYTES);
      if (count > 0) {
        int written = channel.write(ByteBuffer.wrap(cursor.array, offset, count));
        offset += written;
        turn += written;
        if (written < count) {
          return false;
        }
      } else if (!advance() && offset == cursor.published) {
        return true;
      }
    }
    return false;
  }

  /// Writes the rest of a frame that was sent in part, if there is one. Returns false if the
  /// channel did not take all of it; after true, another frame may be put between.
  boolean finishFrame(WritableByteChannel channel) throws IOException {
    locate();
    if (edge == offset) {
      return true;
    }
    int end = edge + frameBytes(cursor, edge);
    int count = end - offset;
    offset += channel.write(ByteBuffer.wrap(cursor.array, offset, count));
    return offset == end;
  }

  /// The peer has received `count` messages in all: forgets whole chunks of them. Throws
  /// [MalformedException], and changes nothing, if so many were never sent.
  void acknowledge(long count) {
    if (count >= 0 && count <= acknowledged) {
      return;
    }
    if (count < 0 || count > sentNumber()) {
      throw new MalformedException(
          "the peer acknowledges " + count + " messages, " + sentNumber() + " were sent");
    }
    acknowledged = count;
    while (head.closed && next(head).firstNumber <= count && (head != cursor || advance())) {
      Chunk done = head;
      head = next(done);
      long released = releasedBytes;
      releasedBytes = released + done.published;
      pool.give(done.writer);
    }
  }

  /// Starts sending from message number `count` again, which is also an acknowledgement: what the
  /// peer says that it has when a connection starts. Returns how many messages are sent again.
  long rewind(long count) {
    long sent = sentNumber();
    if (count < acknowledged) {
      throw new MalformedException(
          "the peer has " + count + " messages after it acknowledged " + acknowledged);
    }
    acknowledge(count);
    moveTo(head);
    while (cursor.closed && next(cursor).firstNumber <= count) {
      moveTo(next(cursor));
    }
    while (edgeNumber < count) {
      edge += frameBytes(cursor, edge);
      edgeNumber++;
    }
    offset = edge;
    return sent - count;
  }

  /// Number of messages that were sent in full.
  private long sentNumber() {
    locate();
    return edgeNumber;
  }

  /// Moves `edge` to the last frame's edge that is not behind `offset`.
  private void locate() {
    while (edge < offset) {
      int bytes = frameBytes(cursor, edge);
      if (edge + bytes > offset) {
        return;
      }
      edge += bytes;
      edgeNumber++;
    }
  }

  /// Goes to the next chunk if this one is sent and closed.
  private boolean advance() {
    // First closed, then published: only together they say that nothing more comes.
    if (!cursor.closed || offset < cursor.published) {
      return false;
    }
    moveTo(next(cursor));
    return true;
  }

  private void moveTo(Chunk chunk) {
    cursor = chunk;
    offset = 0;
    edge = 0;
    edgeNumber = chunk.firstNumber;
  }

  private static int frameBytes(Chunk chunk, int at) {
    return Frame.HEADER_BYTES + Frame.length(Frame.readInt(chunk.array, at));
  }

  private static Chunk next(Chunk chunk) {
    Chunk next = chunk.next;
    if (next == null) {
      throw new IllegalStateException("the last chunk is not closed");
    }
    return next;
  }
}
