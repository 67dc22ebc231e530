package dev.deed.transport.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.link.ConnectionKind;
import dev.deed.transport.link.Dialer;
import dev.deed.transport.link.HandshakeException;
import dev.deed.transport.link.HandshakeException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.blocks.cs.Connection;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HeirChannelTest {
  private final HeirPeers peers = new HeirPeers();

  @AfterEach
  void close() throws IOException {
    peers.close();
  }

  private static byte[] message(int seed, int length) {
    byte[] message = new byte[length];
    new Random(seed).nextBytes(message);
    return message;
  }

  private static byte[] number(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static int number(HeirPeers.Received received) {
    return ByteBuffer.wrap(received.message()).getInt();
  }

  private static void assertCame(HeirPeers.Received came, HeirPeers.Peer from, byte[] message) {
    assertThat(came.from()).isEqualTo(from.id);
    assertThat(came.message()).isEqualTo(message);
  }

  /// Two that have spoken, each by a connection that both use.
  private void acquaint(HeirPeers.Peer one, HeirPeers.Peer other) throws InterruptedException {
    assertCame(one.sendUntilReceived(other, number(0)), one, number(0));
    assertCame(other.sendUntilReceived(one, number(0)), other, number(0));
    one.received.clear();
    other.received.clear();
  }

  @Test
  void messagesComeWithTheirSenderInTheirOrder() throws IOException, InterruptedException {
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b = peers.open(2);
    HeirPeers.Peer c = peers.open(3);
    peers.introduce();
    acquaint(a, c);
    acquaint(b, c);
    int messages = 5_000;
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 1; i <= messages; i++) {
                b.sendAll(c, number(-i));
              }
            });
    for (int i = 1; i <= messages; i++) {
      a.sendAll(c, number(i));
    }
    other.join();
    int ofA = 0;
    int ofB = 0;
    for (int i = 0; i < 2 * messages; i++) {
      HeirPeers.Received came = c.next();
      if (came.from().equals(a.id)) {
        assertThat(number(came)).isEqualTo(++ofA);
      } else {
        assertThat(came.from()).isEqualTo(b.id);
        assertThat(number(came)).isEqualTo(- ++ofB);
      }
    }
    HeirStatistics statistics = c.channel.statistics();
    assertThat(statistics.malformed()).isZero();
    assertThat(statistics.messagesReceived()).isGreaterThanOrEqualTo(2L * messages + 2);
  }

  @Test
  void aLongMessageComesWholeBetweenShortOnes() throws IOException, InterruptedException {
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b = peers.open(2);
    peers.introduce();
    acquaint(a, b);
    List<byte[]> messages =
        List.of(
            message(1, 1),
            message(2, HeirPeers.MAX_BYTES),
            message(3, HeirFrame.MAX_BYTES),
            message(4, HeirFrame.MAX_BYTES + 1),
            message(5, 200));
    for (byte[] message : messages) {
      a.sendAll(b, message);
    }
    for (byte[] message : messages) {
      assertCame(b.next(), a, message);
    }
    assertThatThrownBy(() -> a.channel.send(b.id, new byte[HeirPeers.MAX_BYTES + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> a.channel.send(b.id, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatRepeatsItselfGoesShorter() throws IOException, InterruptedException {
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b = peers.open(2);
    peers.introduce();
    acquaint(a, b);
    byte[] message = new byte[HeirPeers.MAX_BYTES];
    byte[] piece = message(1, 100);
    for (int at = 0; at + piece.length <= message.length; at += piece.length) {
      System.arraycopy(piece, 0, message, at, piece.length);
    }
    long before = a.channel.statistics().bytesSent();
    a.sendAll(b, message);
    assertCame(b.next(), a, message);
    HeirPeers.until(() -> a.channel.statistics().bytesSent() > before);
    assertThat(a.channel.statistics().bytesSent() - before).isLessThan(message.length / 50);
    assertThat(b.channel.statistics().bytesReceived())
        .isLessThanOrEqualTo(a.channel.statistics().bytesSent());
  }

  @Test
  void aReceiverThatStopsHoldsUpNobodyElse() throws IOException, InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicInteger inCallback = new AtomicInteger();
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b = peers.open(2);
    HeirPeers.Peer c =
        peers.open(
            3,
            (from, message) -> {
              if (from.equals(a.id)) {
                inCallback.incrementAndGet();
                await(stopped);
              }
            });
    peers.introduce();
    acquaint(a, b);
    acquaint(b, c);
    byte[] part = message(9, 64 << 10);
    assertThat(a.channel.send(c.id, part)).isTrue();
    HeirPeers.until(() -> inCallback.get() == 1);
    int taken = 1;
    long lastNs = System.nanoTime();
    // What the kernel keeps for the two ends, and then nothing more.
    while (System.nanoTime() - lastNs < 500_000_000L) {
      if (a.channel.send(c.id, part)) {
        taken++;
        lastNs = System.nanoTime();
        assertThat(taken * (long) part.length).isLessThan(32L << 20);
      } else {
        LockSupport.parkNanos(1_000_000);
      }
    }
    for (int i = 1; i <= 100; i++) {
      assertThat(a.channel.send(b.id, number(i))).isTrue();
      assertThat(number(b.next())).isEqualTo(i);
      assertThat(b.channel.send(c.id, number(i))).isTrue();
      HeirPeers.Received came = c.next();
      while (came.from().equals(a.id)) {
        came = c.next();
      }
      assertCame(came, b, number(i));
    }
    assertThat(inCallback.get()).isEqualTo(1);
    assertThat(c.channel.statistics().messagesReceived()).isLessThan(200);
    stopped.countDown();
    int all = taken;
    HeirPeers.until(() -> inCallback.get() == all);
    assertThat(a.channel.statistics().messagesLost()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("a receiver is never interrupted", e);
    }
  }

  @Test
  void aReceiverThatFailsGetsTheNextMessage() throws IOException, InterruptedException {
    ConcurrentLinkedQueue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b =
        peers.open(
            2,
            (from, message) -> {
              Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
              if (message.length == 1) {
                throw new IllegalStateException("planted");
              }
            });
    peers.introduce();
    acquaint(a, b);
    a.sendAll(b, new byte[1]);
    a.sendAll(b, number(1));
    assertThat(b.next().message()).hasSize(1);
    assertCame(b.next(), a, number(1));
    assertThat(uncaught).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingIsLeftWhenItIsClosed() throws IOException, InterruptedException {
    // The one takes connections and says nothing, the other's receiver stops.
    CountDownLatch stopped = new CountDownLatch(1);
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b = peers.open(2);
    HeirPeers.Peer c =
        peers.open(
            3,
            (from, message) -> {
              if (message.length > 4) {
                await(stopped);
              }
            });
    peers.introduce();
    acquaint(a, b);
    acquaint(a, c);
    byte[] part = message(9, 64 << 10);
    for (int refused = 0; refused < 1_000; ) {
      refused += a.channel.send(c.id, part) ? 0 : 1;
    }
    try (ServerSocket silent = new ServerSocket()) {
      silent.bind(HeirPeers.anyPort());
      WorkerId nobody = new WorkerId(77, 77);
      a.channel.peer(nobody, (InetSocketAddress) silent.getLocalSocketAddress());
      assertThat(a.channel.send(nobody, part)).isTrue();
      silent.accept();
      a.channel.close();
    }
    assertThat(a.channel.threads()).isEmpty();
    assertThat(a.channel.send(b.id, part)).isFalse();
    a.channel.close();
    assertThatThrownBy(() ->
            b.connector.dial(a.id, a.address(), ConnectionKind.HEIRS, HeirPeers.GUARD).close())
        .isInstanceOf(HandshakeException.class);
    stopped.countDown();
    c.channel.close();
    assertThat(c.channel.threads()).isEmpty();
    b.channel.close();
    assertThat(b.channel.threads()).isEmpty();
  }

  @Test
  void aReceiverMayCloseTheChannel() throws IOException, InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer[] b = new HeirPeers.Peer[1];
    b[0] =
        peers.open(
            2,
            (from, message) -> {
              if (message.length == 1) {
                b[0].channel.close();
                closed.countDown();
              }
            });
    peers.introduce();
    acquaint(a, b[0]);
    a.sendAll(b[0], new byte[1]);
    closed.await();
    HeirPeers.until(() -> b[0].channel.threads().isEmpty());
  }

  @Test
  void whoDoesNotKnowTheSecretGetsNothingIn() throws IOException, InterruptedException {
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer stranger =
        peers.open(
            2,
            HeirPeers.credentials(1),
            HeirPeers.anyPort(),
            Dialer.direct(),
            (from, message) -> {});
    peers.introduce();
    assertThat(stranger.channel.send(a.id, number(1))).isTrue();
    assertThat(a.channel.send(stranger.id, number(1))).isTrue();
    HeirPeers.until(() -> stranger.channel.statistics().messagesLost() == 1);
    HeirPeers.until(() -> a.channel.statistics().messagesLost() == 1);
    assertThat(a.received).isEmpty();
    assertThat(stranger.received).isEmpty();
    HeirPeers.until(() -> wrongSecrets(a) == 1 && wrongSecrets(stranger) == 1);
  }

  private static long wrongSecrets(HeirPeers.Peer at) {
    return at.endpoint.statistics().refused().getOrDefault(Reason.WRONG_SECRET, 0L);
  }

  @Test
  void whoIsNotKnownIsRefusedUntilItIs() throws IOException, InterruptedException {
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b = peers.open(2);
    assertThat(a.channel.send(b.id, number(1))).isFalse();
    a.know(b);
    assertThat(a.channel.send(b.id, number(1))).isTrue();
    HeirPeers.until(() -> a.channel.statistics().messagesLost() == 1);
    b.know(a);
    assertCame(a.sendUntilReceived(b, number(2)), a, number(2));
  }

  @Test
  void aForgottenWorkerIsNotHeardAnyMore() throws IOException, InterruptedException {
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b = peers.open(2);
    HeirPeers.Peer c = peers.open(3);
    peers.introduce();
    acquaint(a, b);
    acquaint(a, c);
    acquaint(b, c);
    a.channel.forget(b.id);
    a.channel.peer(b.id, b.address());
    assertThat(a.channel.send(b.id, number(1))).isFalse();
    long lost = b.channel.statistics().messagesLost();
    HeirPeers.until(() -> {
      b.channel.send(a.id, number(2));
      return b.channel.statistics().messagesLost() > lost + 1;
    });
    assertThat(a.received).isEmpty();
    a.sendAll(c, number(3));
    assertCame(c.next(), a, number(3));
    b.sendAll(c, number(4));
    assertCame(c.next(), b, number(4));
  }

  @Test
  void forgettingAStoppedWorkerBlocksNobody() throws IOException, InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b =
        peers.open(
            2,
            (from, message) -> {
              if (message.length > 4) {
                await(stopped);
              }
            });
    peers.introduce();
    acquaint(a, b);
    byte[] part = message(9, 64 << 10);
    for (int refused = 0; refused < 1_000; ) {
      refused += a.channel.send(b.id, part) ? 0 : 1;
    }
    a.channel.forget(b.id);
    HeirPeers.until(() -> a.channel.threads().stream().noneMatch(t -> t.getName().contains("to-")));
    stopped.countDown();
  }

  @Test
  void aNewWorkerWhereADeadOneListenedGetsNothingOfIt() throws IOException, InterruptedException {
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer dead = peers.open(2);
    peers.introduce();
    acquaint(a, dead);
    InetSocketAddress address = dead.address();
    dead.close();
    HeirPeers.Peer fresh =
        peers.open(3, HeirPeers.credentials(0), address, Dialer.direct(), (from, message) -> {});
    fresh.know(a);
    a.know(fresh);
    // Both are known at the same address now.
    long lost = a.channel.statistics().messagesLost();
    HeirPeers.until(() -> {
      a.channel.send(dead.id, number(1));
      return a.channel.statistics().messagesLost() > lost;
    });
    assertCame(a.sendUntilReceived(fresh, number(2)), a, number(2));
    a.channel.forget(dead.id);
    assertCame(fresh.sendUntilReceived(a, number(3)), fresh, number(3));
    assertThat(fresh.received).allMatch(came -> number(came) == 2);
    assertThat(a.received).allMatch(came -> came.from().equals(fresh.id));
  }

  @Test
  void aBrokenConnectionIsMadeAgain() throws IOException, InterruptedException {
    ConcurrentLinkedQueue<SocketChannel> dialed = new ConcurrentLinkedQueue<>();
    Dialer dialer =
        (address, timeout) -> {
          SocketChannel channel = Dialer.direct().connect(address, timeout);
          dialed.add(channel);
          return channel;
        };
    HeirPeers.Peer a =
        peers.open(1, HeirPeers.credentials(0), HeirPeers.anyPort(), dialer, (from, message) -> {});
    HeirPeers.Peer b = peers.open(2);
    peers.introduce();
    int last = 0;
    for (int round = 1; round <= 20; round++) {
      for (int i = 0; i < 50; i++) {
        a.sendAll(b, number(++last));
      }
      for (SocketChannel channel = dialed.poll(); channel != null; channel = dialed.poll()) {
        channel.close();
      }
    }
    assertThat(number(a.sendUntilReceived(b, number(++last)))).isPositive();
    HeirPeers.until(() -> {
      a.channel.send(b.id, number(Integer.MAX_VALUE));
      return b.received.stream().anyMatch(came -> number(came) == Integer.MAX_VALUE);
    });
    int before = 0;
    for (HeirPeers.Received came : b.received) {
      assertThat(number(came)).isGreaterThanOrEqualTo(before);
      before = number(came);
    }
    assertThat(b.channel.statistics().malformed()).isZero();
  }

  @Test
  void bothMayBeginAtOnce() throws IOException, InterruptedException {
    for (int round = 0; round < 20; round++) {
      HeirPeers.Peer a = peers.open(100 + 2 * round);
      HeirPeers.Peer b = peers.open(101 + 2 * round);
      a.know(b);
      b.know(a);
      CountDownLatch both = new CountDownLatch(2);
      Thread other =
          Thread.ofPlatform()
              .start(() -> {
                meet(both);
                b.channel.send(a.id, number(2));
              });
      meet(both);
      a.channel.send(b.id, number(1));
      other.join();
      assertCame(a.sendUntilReceived(b, number(1)), a, number(1));
      assertCame(b.sendUntilReceived(a, number(2)), b, number(2));
      a.close();
      b.close();
    }
  }

  private static void meet(CountDownLatch both) {
    both.countDown();
    await(both);
  }

  // --- garbage ----------------------------------------------------------------------------------

  /// What JGroups says first on a connection.
  private static byte[] greeting(WorkerId from) throws IOException {
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(64);
    out.write(Connection.cookie, 0, Connection.cookie.length);
    out.writeShort(org.jgroups.Version.version);
    out.writeShort(HeirAddress.of(from).serializedSize());
    HeirAddress.of(from).writeTo(out);
    return java.util.Arrays.copyOf(out.buffer(), out.position());
  }

  private static byte[] framed(Message message, int spoil) throws IOException {
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(256);
    Util.writeMessage(message, out, false);
    out.writeInt(HeirBundler.checksum(out.buffer(), out.position()) + spoil);
    ByteArrayOutputStream framed = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(framed);
    data.writeInt(out.position());
    data.write(out.buffer(), 0, out.position());
    return framed.toByteArray();
  }

  private static Message from(WorkerId sender, Message message) {
    return message.setSrc(HeirAddress.of(sender));
  }

  /// Bytes that a member writes in place of a channel end nothing but their connection.
  @Test
  void garbageEndsItsConnectionAndNothingElse() throws IOException, InterruptedException {
    HeirPeers.Peer a = peers.open(1);
    HeirPeers.Peer b = peers.open(2);
    HeirPeers.Peer mad = peers.open(3);
    peers.introduce();
    acquaint(a, b);
    byte[] good = framed(from(mad.id, new HeirFrame(HeirAddress.of(a.id), 1, number(5), 4, 0)), 0);
    write(mad, a, greeting(mad.id), good);
    assertCame(a.next(), mad, number(5));

    byte[] noise = message(3, 5_000);
    noise[0] = 0;
    long before = a.channel.statistics().malformed();
    List<byte[]> frames =
        List.of(
            ByteBuffer.allocate(4).putInt(0).array(),
            ByteBuffer.allocate(4).putInt(-1).array(),
            ByteBuffer.allocate(4).putInt(3).array(),
            ByteBuffer.allocate(4).putInt(Integer.MIN_VALUE).array(),
            // The checksum is wrong, the kind of message, and the piece.
            framed(from(mad.id, new HeirFrame(HeirAddress.of(a.id), 2, number(6), 4, 0)), 1),
            framed(from(mad.id, new BytesMessage(HeirAddress.of(a.id), number(6))), 0),
            framed(from(mad.id, new HeirFrame(HeirAddress.of(a.id), -2, number(6), 4, 0)), 0));
    for (byte[] frame : frames) {
      write(mad, a, greeting(mad.id), frame);
    }
    // Too long to be read at all: JGroups refuses it.
    write(mad, a, greeting(mad.id), ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array());
    // For another worker, and truncated.
    write(
        mad,
        a,
        greeting(mad.id),
        framed(from(mad.id, new HeirFrame(HeirAddress.of(b.id), 2, number(6), 4, 0)), 0));
    write(mad, a, greeting(mad.id), java.util.Arrays.copyOf(good, good.length - 1));
    write(mad, a, noise);
    write(mad, a, greeting(mad.id), noise);
    HeirPeers.until(() -> a.channel.statistics().malformed() >= before + frames.size());
    assertCame(a.sendUntilReceived(b, number(7)), a, number(7));
    assertCame(b.sendUntilReceived(a, number(8)), b, number(8));
    assertCame(mad.sendUntilReceived(a, number(9)), mad, number(9));
    assertThat(a.received).allMatch(came -> number(came) >= 8);
  }

  /// Writes to the other's port as the member that the writer is, and waits until it hangs up.
  private static void write(HeirPeers.Peer from, HeirPeers.Peer to, byte[]... parts)
      throws IOException {
    try (SocketChannel channel =
        from.connector.dial(to.id, to.address(), ConnectionKind.HEIRS, HeirPeers.GUARD)) {
      for (byte[] part : parts) {
        channel.write(ByteBuffer.wrap(part));
      }
      channel.shutdownOutput();
      ByteBuffer rest = ByteBuffer.allocate(1_024);
      while (channel.read(rest.clear()) >= 0) {
        // What it says meanwhile.
      }
    } catch (IOException e) {
      // Reset: it has hung up with something unread.
    }
  }
}
