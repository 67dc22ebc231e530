package dev.deed.transport.group;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What has come from one worker of a message that is not complete, and the way of the complete
/// ones to the receiver, one at a time and in order. Thread-safe: for a moment two connections with
/// one worker may be read.
final class HeirInbox {
  /*
   * State: `next`, the lowest number that is still wanted; `pieces` with `have` bytes, all of message
   * `next` that has come.
   *
   * Invariants: a message is handed over at most once, in the order of the numbers, and consists of
   * the pieces of one number, from 0 on without a gap.
   *
   * Failure: a connection that ends may lose frames, and its successor may be read before it.  Then
   * a piece does not fit: the message is given up, if a later one has begun, or the piece is.
   *
   * Bounds: the memory that pieces take has come as bytes, and is at most `maxBytes`, as is a message.
   */

  private final int maxBytes;
  private final HeirCounters counters;
  private final Consumer<byte[]> receiver;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean ended;

  // Guarded by lock.
  private final List<HeirFrame> pieces = new ArrayList<>();
  private long next = 1;
  private int have;

  HeirInbox(int maxBytes, HeirCounters counters, Consumer<byte[]> receiver) {
    this.maxBytes = maxBytes;
    this.counters = counters;
    this.receiver = receiver;
  }

  /// Hands a message over if the frame completes one; blocks as long as the receiver does.
  void arrived(HeirFrame frame) {
    lock.lock();
    try {
      byte[] message = ended ? null : completed(frame);
      if (message != null) {
        counters.messagesReceived.increment();
        counters.bytesReceived.add(frame.total());
        receiver.accept(message);
      }
    } finally {
      lock.unlock();
    }
  }

  private byte @Nullable [] completed(HeirFrame frame) {
    if (frame.unpacked() > maxBytes) {
      counters.malformed.increment();
      return null;
    }
    if (frame.number() > next && frame.start() == 0) {
      begin(frame.number());
    }
    if (frame.number() != next || frame.start() != have) {
      counters.framesDropped.increment();
      return null;
    }
    have += frame.getLength();
    if (have < frame.total()) {
      pieces.add(frame);
      return null;
    }
    byte[] message = Packing.unpack(joined(frame), frame.unpacked());
    begin(next + 1);
    if (message == null) {
      counters.malformed.increment();
    }
    return message;
  }

  private void begin(long number) {
    counters.framesDropped.add(pieces.size());
    pieces.clear();
    have = 0;
    next = number;
  }

  private byte[] joined(HeirFrame last) {
    int offset = last.getOffset();
    if (pieces.isEmpty()) {
      return Arrays.copyOfRange(last.getArray(), offset, offset + last.getLength());
    }
    pieces.add(last);
    byte[] message = new byte[have];
    int at = 0;
    for (HeirFrame piece : pieces) {
      System.arraycopy(piece.getArray(), piece.getOffset(), message, at, piece.getLength());
      at += piece.getLength();
    }
    pieces.clear();
    return message;
  }

  /// Hands nothing over any more; a message that is being handed over still is.
  void end() {
    ended = true;
  }
}
