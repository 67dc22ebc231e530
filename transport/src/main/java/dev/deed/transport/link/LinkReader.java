package dev.deed.transport.link;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/// The reader thread of one connection: reads the socket into the decoder's buffer and gives the
/// frames away on the spot.
final class LinkReader implements Runnable, FrameDecoder.Sink {
  /// After so many messages, or bytes, they are acknowledged at once.
  static final int ACKNOWLEDGE_MESSAGES = 1024;

  static final int ACKNOWLEDGE_BYTES = 64 * 1024;

  private final Link link;
  private final LinkConnection connection;
  private final LinkContext context;
  private final FrameDecoder decoder;
  private final long silenceMs;
  private long bytes;
  private long bytesNotAcknowledged;

  LinkReader(Link link, LinkConnection connection, LinkContext context, long received) {
    this.link = link;
    this.connection = connection;
    this.context = context;
    this.silenceMs = context.options().silence().toMillis();
    this.decoder = new FrameDecoder(context.options().maxMessageBytes(), received);
  }

  @Override
  public void run() {
    try {
      context.listener().connected(link.peer());
      // The greeting may have acknowledged what the last connection could not.
      link.tellDrained();
      readAll();
    } catch (MalformedException e) {
      context.counters().violations.increment();
      connection.close("malformed: " + e.getMessage());
    } catch (ClosedChannelException e) {
      connection.close("closed");
    } catch (IOException e) {
      connection.close("reading failed: " + e.getMessage());
    } catch (RuntimeException e) {
      context.counters().violations.increment();
      connection.close("the listener failed: " + e);
    } finally {
      link.readerEnded(connection, decoder.received());
    }
  }

  private void readAll() throws IOException {
    long heardNs = System.nanoTime();
    boolean more = false;
    while (connection.why() == null) {
      // Left over by whatever ran on this thread; a selector would not wait any more.
      Thread.interrupted();
      if (!context.listener().wantsMore(link.peer())) {
        connection.rest();
        // The silence was this end's.
        heardNs = System.nanoTime();
        continue;
      }
      if (!more) {
        if (!connection.awaitReadable(silenceMs)) {
          if (System.nanoTime() - heardNs >= silenceMs * 1_000_000) {
            connection.close("nothing came for " + silenceMs + " ms");
          }
          continue;
        }
      }
      ByteBuffer space = decoder.space();
      int count = connection.channel.read(space);
      if (count < 0) {
        connection.close("the peer closed it");
      } else if (count > 0) {
        more = !space.hasRemaining();
        deliver();
        heardNs = System.nanoTime();
      } else {
        more = false;
      }
    }
  }

  private void deliver() {
    long before = decoder.received();
    long bytesBefore = bytes;
    try {
      decoder.decode(this);
      if (decoder.received() != before) {
        context.listener().receivedBatchEnd(link.peer());
      }
    } finally {
      long received = decoder.received();
      link.received(received);
      context.counters().messagesReceived.add(received - before);
      context.counters().bytesReceived.add(bytes - bytesBefore);
      bytesNotAcknowledged += bytes - bytesBefore;
    }
    if (bytesNotAcknowledged >= ACKNOWLEDGE_BYTES
        || decoder.received() - connection.acknowledged >= ACKNOWLEDGE_MESSAGES) {
      bytesNotAcknowledged = 0;
      link.sender().acknowledge(decoder.received());
    }
  }

  @Override
  public boolean message(byte[] buffer, int offset, int length) {
    bytes += length;
    context.listener().received(link.peer(), new WireReader(buffer, offset, length));
    return !link.isClosed();
  }

  @Override
  public void acknowledged(long count) {
    link.sender().acknowledged(count);
    link.tellDrained();
  }
}
