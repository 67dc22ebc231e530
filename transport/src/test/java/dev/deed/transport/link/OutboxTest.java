package dev.deed.transport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OutboxTest {
  private final Outbox outbox = new Outbox(new WriterPool(), 1 << 20);

  /// Takes so many bytes and then no more, like a socket whose buffer is full.
  private static final class Socket implements WritableByteChannel {
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    int room;

    Socket(int room) {
      this.room = room;
    }

    @Override
    public int write(ByteBuffer from) {
      int count = Math.min(room, from.remaining());
      byte[] bytes = new byte[count];
      from.get(bytes);
      taken.writeBytes(bytes);
      room -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /// A receiver that expects messages whose content tells their number.
  private static final class Receiver implements FrameDecoder.Sink {
    long count;
    private FrameDecoder decoder = new FrameDecoder(1 << 20, 0);
    private int taken;

    /// A new connection: what was received in part is lost.
    void connect() {
      decoder = new FrameDecoder(1 << 20, count);
      taken = 0;
    }

    /// Has received the first `end` bytes of this connection's `stream`.
    void take(byte[] stream, int end) {
      while (taken < end) {
        ByteBuffer space = decoder.space();
        int n = Math.min(space.remaining(), end - taken);
        space.put(stream, taken, n);
        taken += n;
        decoder.decode(this);
      }
    }

    @Override
    public boolean message(byte[] buffer, int offset, int length) {
      assertThat(Frame.readLong(buffer, offset)).isEqualTo(count);
      count++;
      return true;
    }

    @Override
    public void acknowledged(long ignored) {}
  }

  private void queue(long number, int bytes) {
    WireWriter out = outbox.begin();
    out.writeFixedLong(number);
    out.writeRaw(new byte[bytes], 0, bytes);
    outbox.end();
  }

  private long sendAll() throws IOException {
    Socket socket = new Socket(Integer.MAX_VALUE);
    while (!outbox.send(socket)) {
      assertThat(socket.room).isPositive();
    }
    return socket.taken.size();
  }

  @Test
  void nothingIsSentBeforeItIsPublished() throws Exception {
    queue(0, 10);
    assertThat(sendAll()).isZero();
    outbox.publish();
    assertThat(sendAll()).isEqualTo(Frame.HEADER_BYTES + 18);
  }

  @Test
  void aMessageThatWasBegunAndNotEndedIsTakenBack() throws Exception {
    outbox.begin().writeString("half of it");
    queue(0, 0);
    outbox.begin().writeString("another half");
    outbox.publish();
    assertThat(sendAll()).isEqualTo(Frame.HEADER_BYTES + 8);
  }

  @Test
  void emptyAndTooLongMessagesAreRefusedAndLeaveNoTrace() throws Exception {
    outbox.begin();
    assertThatThrownBy(outbox::end).isInstanceOf(IllegalArgumentException.class);
    outbox.begin().writeRaw(new byte[(1 << 20) + 1], 0, (1 << 20) + 1);
    assertThatThrownBy(outbox::end).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(outbox::end).isInstanceOf(IllegalStateException.class);
    outbox.publish();
    assertThat(sendAll()).isZero();
    assertThat(outbox.unacknowledgedBytes()).isZero();
  }

  @Test
  void anAcknowledgementOfWhatWasNeverSentIsRefused() throws Exception {
    for (int i = 0; i < 10; i++) {
      queue(i, 0);
    }
    outbox.publish();
    assertThatThrownBy(() -> outbox.acknowledge(1)).isInstanceOf(MalformedException.class);
    int frame = Frame.HEADER_BYTES + 8;
    assertThat(outbox.send(new Socket(3 * frame + frame / 2))).isFalse();
    assertThatThrownBy(() -> outbox.acknowledge(4)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> outbox.acknowledge(-1)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> outbox.acknowledge(Long.MAX_VALUE))
        .isInstanceOf(MalformedException.class);
    outbox.acknowledge(3);
    outbox.acknowledge(2);
    assertThat(outbox.hasUnacknowledged()).isTrue();
    assertThatThrownBy(() -> outbox.rewind(2)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> outbox.rewind(4)).isInstanceOf(MalformedException.class);
    assertThat(outbox.rewind(3)).isZero();
  }

  @Test
  void whatIsAcknowledgedIsReleased() throws Exception {
    for (int i = 0; i < 1000; i++) {
      queue(i, 1000);
    }
    outbox.publish();
    long sent = sendAll();
    assertThat(outbox.unacknowledgedBytes()).isEqualTo(sent);
    outbox.acknowledge(500);
    assertThat(outbox.unacknowledgedBytes()).isBetween(sent / 2, sent / 2 + 2 * Outbox.CHUNK_BYTES);
    outbox.acknowledge(1000);
    assertThat(outbox.unacknowledgedBytes()).isZero();
    assertThat(outbox.queuedBytes()).isLessThan(2 * Outbox.CHUNK_BYTES);
  }

  @Test
  void aFrameThatWasSentInPartIsFinishedBeforeAnythingElse() throws Exception {
    queue(0, 100);
    queue(1, 100);
    outbox.publish();
    Socket socket = new Socket(30);
    assertThat(outbox.send(socket)).isFalse();
    assertThat(outbox.finishFrame(socket)).isFalse();
    socket.room = 10;
    assertThat(outbox.finishFrame(socket)).isFalse();
    socket.room = 1000;
    assertThat(outbox.finishFrame(socket)).isTrue();
    assertThat(socket.taken.size()).isEqualTo(Frame.HEADER_BYTES + 108);
    assertThat(outbox.finishFrame(socket)).isTrue();
    assertThat(socket.taken.size()).isEqualTo(Frame.HEADER_BYTES + 108);
  }

  @Test
  void onePeerDoesNotKeepTheThread() throws Exception {
    for (int i = 0; i < 3000; i++) {
      queue(i, 1000);
    }
    outbox.publish();
    Socket socket = new Socket(Integer.MAX_VALUE);
    assertThat(outbox.send(socket)).isFalse();
    assertThat(socket.taken.size()).isLessThan(2 * 1024 * 1024);
  }

  @Test
  void eachMessageArrivesOnceWhereverConnectionsAreCut() throws Exception {
    for (long seed = 0; seed < 10; seed++) {
      Outbox random = new Outbox(new WriterPool(), 1 << 20);
      new Cuts(random, new Random(seed)).run();
    }
  }

  /// Random queueing, sending, acknowledging and cutting.
  private static final class Cuts {
    private final Outbox box;
    private final Random random;
    private final Receiver receiver = new Receiver();
    private long queued;

    Cuts(Outbox box, Random random) {
      this.box = box;
      this.random = random;
    }

    void run() throws IOException {
      for (int connection = 0; connection < 200; connection++) {
        receiver.connect();
        assertThat(box.rewind(receiver.count)).isNotNegative();
        converse();
      }
      receiver.connect();
      box.rewind(receiver.count);
      Socket last = new Socket(Integer.MAX_VALUE);
      box.publish();
      while (!box.send(last)) {
        assertThat(last.room).isPositive();
      }
      receiver.take(last.taken.toByteArray(), last.taken.size());
      box.acknowledge(queued);
      assertThat(receiver.count).isEqualTo(queued);
      assertThat(box.unacknowledgedBytes()).isZero();
    }

    private void converse() throws IOException {
      Socket socket = new Socket(0);
      for (int step = random.nextInt(8); step >= 0; step--) {
        for (int i = random.nextInt(30); i > 0; i--) {
          WireWriter out = box.begin();
          out.writeFixedLong(queued++);
          int more = random.nextInt(random.nextInt(20) == 0 ? 200_000 : 300);
          out.writeRaw(new byte[more], 0, more);
          box.end();
        }
        if (random.nextBoolean()) {
          box.publish();
        }
        socket.room = random.nextInt(100_000);
        box.send(socket);
        if (random.nextInt(3) == 0) {
          acknowledgeSome(socket);
        }
      }
      receiver.take(socket.taken.toByteArray(), random.nextInt(socket.taken.size() + 1));
    }

    /// The receiver has got part of what was sent, and says so.
    private void acknowledgeSome(Socket socket) {
      receiver.take(socket.taken.toByteArray(), random.nextInt(socket.taken.size() + 1));
      box.acknowledge(receiver.count - random.nextInt((int) Math.min(3, receiver.count + 1)));
    }
  }
}
