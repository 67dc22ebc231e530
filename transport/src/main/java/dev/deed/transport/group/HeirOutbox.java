package dev.deed.transport.group;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Address;
import org.jspecify.annotations.Nullable;

/// What waits for one worker, and the thread that sends it: it may block as long as that worker
/// does not read, and nobody else waits for it. Thread-safe.
final class HeirOutbox {
  /// Sends a frame, and blocks until a socket has taken it or it can't be sent; returns which.
  @FunctionalInterface
  interface Wire {
    boolean send(HeirFrame frame);
  }

  /// Bytes that may wait. One message may be longer, if nothing else waits.
  static final int WINDOW_BYTES = 1 << 20;

  /// About what a waiting message takes besides its bytes.
  private static final int MESSAGE_BYTES = 64;

  /// After a message that could not be sent, the next attempt.
  private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

  /// Longest time between attempts.
  private static final long LONGEST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Address to;
  private final Wire wire;
  private final GroupThreads threads;
  private final HeirCounters counters;
  private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private volatile boolean ended;
  private volatile @Nullable Thread sender;

  // The sender's.
  private long number;

  HeirOutbox(Address to, Wire wire, GroupThreads threads, HeirCounters counters) {
    this.to = to;
    this.wire = wire;
    this.threads = threads;
    this.counters = counters;
  }

  /// Takes a message if there is room.
  boolean offer(byte[] message) {
    int bytes = message.length + MESSAGE_BYTES;
    long before;
    do {
      before = waiting.get();
      if (ended || (before > 0 && before + bytes > WINDOW_BYTES)) {
        counters.messagesRefused.increment();
        return false;
      }
    } while (!waiting.compareAndSet(before, before + bytes));
    queue.add(message);
    if (sender == null) {
      start();
    }
    return true;
  }

  private synchronized void start() {
    if (sender == null && !ended) {
      Thread thread = threads.newThread(this::sendAll, "to-" + to);
      sender = thread;
      thread.start();
    }
  }

  /// Sends nothing more. Does not wait for a message that is being sent.
  synchronized void end() {
    ended = true;
    queue.clear();
    Thread thread = sender;
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void sendAll() {
    long pauseNs = FIRST_PAUSE_NS;
    try {
      while (!ended) {
        byte[] message = queue.take();
        byte[] packed = Packing.pack(message);
        boolean sent = send(packed, message.length);
        waiting.addAndGet(-(message.length + MESSAGE_BYTES));
        if (sent) {
          counters.messagesSent.increment();
          counters.bytesSent.add(packed.length);
          pauseNs = FIRST_PAUSE_NS;
        } else if (!ended) {
          counters.messagesLost.increment();
          TimeUnit.NANOSECONDS.sleep(pauseNs);
          pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE_NS);
        }
      }
    } catch (InterruptedException e) {
      // Only the end interrupts.
    }
  }

  private boolean send(byte[] packed, int unpacked) {
    number++;
    for (int start = 0; start < packed.length && !ended; start += HeirFrame.MAX_BYTES) {
      if (!wire.send(new HeirFrame(to, number, packed, unpacked, start))) {
        return false;
      }
    }
    return !ended;
  }
}
