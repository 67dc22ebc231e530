package dev.deed.transport.link;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// One connection of a link: a non-blocking channel, the selector that its reader waits on, and
/// what of an acknowledgement is still to be written.
///
/// Non-blocking, because the core's runner writes to it and must never wait; and because only then
/// an interrupt of the writing thread does not close it.
final class LinkConnection {
  final SocketChannel channel;
  private final Selector readable;
  private final SelectionKey readKey;
  private final LinkWriter writer;
  private final SelectionKey writeKey;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ByteBuffer control = ByteBuffer.allocate(Frame.ACKNOWLEDGEMENT_BYTES).limit(0);
  private final CRC32C crc = new CRC32C();

  /// The socket takes nothing; the writer waits until it does. Under the send lock.
  boolean blocked;

  /// What the last acknowledgement said. Written under the send lock.
  volatile long acknowledged;

  /// Number of times that something was written. Written under the send lock.
  private volatile long writes;

  private volatile @Nullable String why;

  /// Takes the channel over; on an exception the caller still owns it.
  LinkConnection(SocketChannel channel, LinkWriter writer, long acknowledged) throws IOException {
    channel.configureBlocking(false);
    this.channel = channel;
    this.writer = writer;
    this.acknowledged = acknowledged;
    this.writeKey = writer.register(channel);
    this.readable = Selector.open();
    this.readKey = register(channel, readable);
  }

  private static SelectionKey register(SocketChannel channel, Selector selector)
      throws IOException {
    boolean registered = false;
    try {
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      registered = true;
      return key;
    } finally {
      if (!registered) {
        selector.close();
      }
    }
  }

  /// Reader: waits until the socket has bytes, or somebody wakes it, or `millis` have passed.
  /// Returns whether it has bytes.
  boolean awaitReadable(long millis) throws IOException {
    return readable.select(LinkConnection::ready, millis) > 0;
  }

  /// Reader: waits until somebody wakes it, whatever comes meanwhile.
  void rest() throws IOException {
    try {
      readKey.interestOps(0);
      readable.select(LinkConnection::ready, 0);
      readKey.interestOps(SelectionKey.OP_READ);
    } catch (CancelledKeyException _) {
      // Closed meanwhile, and says why.
    }
  }

  private static void ready(SelectionKey key) {
    // There is one key, and one thing to do when it is ready.
  }

  /// Wakes its reader, or keeps it from its next wait.
  void wake() {
    readable.wakeup();
  }

  /// Writes the acknowledgement of `count` messages, or what the last call left of one. Returns
  /// false if the channel did not take all of it. Under the send lock, at a frame's edge.
  boolean acknowledge(long count) throws IOException {
    if (!control.hasRemaining()) {
      Frame.acknowledge(control, count, crc);
      acknowledged = count;
    }
    return finishControl();
  }

  /// Writes what is left of an acknowledgement, if anything. Returns false if something is still
  /// left.
  boolean finishControl() throws IOException {
    if (control.hasRemaining()) {
      channel.write(control);
    }
    return !control.hasRemaining();
  }

  long writes() {
    return writes;
  }

  /// Something was written. Under the send lock, which makes it the only writer of the count.
  void written() {
    long before = writes;
    writes = before + 1;
  }

  /// Asks the writer to be called when the socket takes bytes again. Under the send lock.
  void awaitWritable() {
    blocked = true;
    writer.await(writeKey);
  }

  /// Why it is closed, or null while it is not.
  @Nullable String why() {
    return why;
  }

  /// Closes it and wakes its reader, which does the rest. The first reason stays.
  void close(String reason) {
    synchronized (this) {
      if (why != null) {
        return;
      }
      why = reason;
    }
    try {
      channel.close();
    } catch (IOException e) {
      why = reason + "; closing failed: " + e.getMessage();
    }
    // The socket is really closed when both selectors have let go of it.
    readable.wakeup();
    writer.wakeup();
  }

  /// Its reader is done with it: last call.
  void end() {
    try {
      readable.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a selector can't be closed", e);
    } finally {
      ended.countDown();
    }
  }

  boolean awaitEnd(long millis) throws InterruptedException {
    return ended.await(millis, TimeUnit.MILLISECONDS);
  }
}
