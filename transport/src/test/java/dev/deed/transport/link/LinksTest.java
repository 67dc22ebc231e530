package dev.deed.transport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.transport.BusyCarriers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LinksTest {
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Recorder atLow = new Recorder();
  private final Recorder atHigh = new Recorder();

  private Pair pair(Dialer dialer, LinkOptions options) throws IOException {
    return new Pair(dialer, options, atLow, atHigh);
  }

  private static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE_NS) {
        throw new AssertionError("in vain awaited: " + what);
      }
      LockSupport.parkNanos(200_000);
    }
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void messagesGoBothWays() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults()).introduce()) {
      pair.low.send(Pair.HIGH, bytes(1, 2));
      pair.low.send(Pair.HIGH, bytes(3));
      pair.low.links.flush();
      assertThat(atHigh.message()).containsExactly(1, 2);
      assertThat(atHigh.message()).containsExactly(3);
      pair.high.send(Pair.LOW, bytes(4));
      pair.high.links.flush();
      assertThat(atLow.message()).containsExactly(4);
      await(
          "acknowledgements",
          () ->
              pair.low.links.statistics().unacknowledgedBytes() == 0
                  && pair.high.links.statistics().unacknowledgedBytes() == 0
                  && pair.low.links.statistics().messagesReceived() == 1);
      LinkStatistics statistics = pair.low.links.statistics();
      assertThat(statistics.messagesSent()).isEqualTo(2);
      assertThat(statistics.messagesReceived()).isEqualTo(1);
      assertThat(statistics.connections()).isEqualTo(1);
      assertThat(statistics.violations()).isZero();
    }
  }

  /// Runners compute on the processors of virtual threads for as long as a task takes.
  @Test
  void workersMeetWhileAllProcessorsCompute() throws Exception {
    try (BusyCarriers _ = new BusyCarriers();
        Pair pair = pair(Dialer.direct(), LinkOptions.defaults()).introduce()) {
      pair.low.send(Pair.HIGH, bytes(1));
      pair.low.links.flush();
      assertThat(atHigh.message()).containsExactly(1);
      pair.high.send(Pair.LOW, bytes(2));
      pair.high.links.flush();
      assertThat(atLow.message()).containsExactly(2);
    }
  }

  @Test
  void nothingLeavesBeforeTheFlush() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults()).introduce()) {
      pair.low.send(Pair.HIGH, bytes(0));
      pair.low.links.flush();
      assertThat(atHigh.message()).containsExactly(0);
      pair.low.send(Pair.HIGH, bytes(1));
      pair.high.send(Pair.LOW, bytes(2));
      pair.high.links.flush();
      assertThat(atLow.message()).containsExactly(2);
      assertThat(atHigh.waiting()).isZero();
      pair.low.links.flush();
      assertThat(atHigh.message()).containsExactly(1);
    }
  }

  @Test
  void whatMayWaitForMoreArrivesThoughNothingFollows() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults()).introduce()) {
      for (int i = 0; i < 1000; i++) {
        pair.low.send(Pair.HIGH, bytes(i & 0x7f));
        pair.low.links.flushSoon();
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(atHigh.message()).containsExactly(i & 0x7f);
      }
    }
  }

  @Test
  void theHigherWorkerDialsWhenItHasSomethingToSay() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults())) {
      pair.high.send(Pair.LOW, bytes(1));
      pair.high.links.flush();
      assertThat(pair.high.links.statistics().connections()).isZero();
      pair.high.links.peer(Pair.LOW, pair.low.address());
      assertThat(atLow.message()).containsExactly(1);
      pair.low.send(Pair.HIGH, bytes(2));
      pair.low.links.flush();
      assertThat(atHigh.message()).containsExactly(2);
    }
  }

  @Test
  void dialingAtOnceEndsWithOneConnection() throws Exception {
    for (int round = 0; round < 30; round++) {
      Recorder low = new Recorder();
      Recorder high = new Recorder();
      try (Pair pair = new Pair(Dialer.direct(), LinkOptions.defaults(), low, high)) {
        pair.low.send(Pair.HIGH, bytes(1));
        pair.high.send(Pair.LOW, bytes(2));
        pair.low.links.flush();
        pair.high.links.flush();
        Thread other =
            Thread.ofPlatform().start(() -> pair.high.links.peer(Pair.LOW, pair.low.address()));
        pair.low.links.peer(Pair.HIGH, pair.high.address());
        other.join();
        assertThat(high.message()).containsExactly(1);
        assertThat(low.message()).containsExactly(2);
        await("one connection", () -> pair.low.links.statistics().connected() == 1);
        await("the count", () -> pair.low.links.statistics().messagesReceived() == 1);
        assertThat(pair.low.links.statistics().violations()).isZero();
        assertThat(pair.high.links.statistics().violations()).isZero();
      }
    }
  }

  /// Expects numbered messages, and gives the sender room for more.
  private static final class Counting implements LinkListener {
    final Semaphore room = new Semaphore(2000);
    final AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    volatile long next;

    /// Where it wants no more now and then, and takes that back at once.
    volatile @Nullable Links resting;

    private int asked;

    @Override
    public void received(WorkerId from, WireReader message) {
      long number = message.readFixedLong();
      if (number != next || message.remaining() != number % 300) {
        wrong.compareAndSet(null, "message " + number + " instead of " + next);
      }
      next = number + 1;
      room.release();
    }

    @Override
    public void receivedBatchEnd(WorkerId from) {}

    @Override
    public boolean wantsMore(WorkerId peer) {
      Links links = resting;
      if (links == null || ++asked % 8 != 0) {
        return true;
      }
      Thread.ofVirtual().start(() -> links.resume(peer));
      return false;
    }

    @Override
    public void connected(WorkerId peer) {}

    @Override
    public void disconnected(WorkerId peer, String why) {}
  }

  private static long sendNumbered(
      Pair.Worker from, WorkerId to, Counting receiver, BooleanSupplier more) {
    byte[] rest = new byte[300];
    long number = 0;
    try {
      while (more.getAsBoolean()) {
        if (!receiver.room.tryAcquire(50, TimeUnit.MILLISECONDS)) {
          continue;
        }
        WireWriter out = from.links.begin(to);
        out.writeFixedLong(number);
        out.writeRaw(rest, 0, (int) (number % 300));
        from.links.end(to);
        number++;
        if (number % 7 == 0) {
          from.links.flush();
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    from.links.flush();
    return number;
  }

  @Test
  void eachMessageArrivesOnceAndInOrderAcrossAHundredCuts() throws Exception {
    Random random = new Random(4711);
    Counting low = new Counting();
    Counting high = new Counting();
    try (CuttingDialer dialer =
            new CuttingDialer(() -> {
              synchronized (random) {
                return 100L + random.nextInt(random.nextInt(4) == 0 ? 2_000 : 200_000);
              }
            });
        Pair pair = new Pair(dialer, LinkOptions.defaults(), low, high)) {
      high.resting = pair.high.links;
      pair.introduce();
      BooleanSupplier more = () -> dialer.cuts() < 100;
      CompletableFuture<Long> toHigh =
          CompletableFuture.supplyAsync(() -> sendNumbered(pair.low, Pair.HIGH, high, more));
      CompletableFuture<Long> toLow =
          CompletableFuture.supplyAsync(() -> sendNumbered(pair.high, Pair.LOW, low, more));
      long sentToHigh = toHigh.get(60, TimeUnit.SECONDS);
      long sentToLow = toLow.get(60, TimeUnit.SECONDS);
      await("all at high", () -> high.next == sentToHigh);
      await("all at low", () -> low.next == sentToLow);
      assertThat(high.wrong.get()).isNull();
      assertThat(low.wrong.get()).isNull();
      assertThat(dialer.cuts()).isGreaterThanOrEqualTo(100);
      await("acknowledgements", () -> pair.low.links.statistics().unacknowledgedBytes() == 0);
      assertThat(pair.low.links.statistics().messagesResent()).isPositive();
      assertThat(pair.low.links.statistics().violations()).isZero();
      assertThat(pair.high.links.statistics().violations()).isZero();
    }
  }

  @Test
  void aConnectionThatSwallowsEverythingIsReplaced() throws Exception {
    LinkOptions quick =
        LinkOptions.defaults().withTimes(Duration.ofMillis(60), Duration.ofMillis(400));
    try (CuttingDialer dialer = new CuttingDialer(() -> Long.MAX_VALUE / 2);
        Pair pair = pair(dialer, quick).introduce()) {
      pair.low.send(Pair.HIGH, bytes(1));
      pair.low.links.flush();
      assertThat(atHigh.message()).containsExactly(1);
      dialer.freeze();
      pair.low.send(Pair.HIGH, bytes(2));
      pair.low.links.flush();
      atLow.awaitHint("disconnected: nothing came");
      atHigh.awaitHint("disconnected: nothing came");
      dialer.thaw();
      assertThat(atHigh.message()).containsExactly(2);
    }
  }

  @Test
  void anIdleConnectionStays() throws Exception {
    LinkOptions quick =
        LinkOptions.defaults().withTimes(Duration.ofMillis(60), Duration.ofMillis(500));
    try (Pair pair = pair(Dialer.direct(), quick).introduce()) {
      atLow.awaitHint("connected");
      long start = System.nanoTime();
      await("time passes", () -> System.nanoTime() - start > 1_200_000_000L);
      assertThat(pair.low.links.statistics().connections()).isEqualTo(1);
      assertThat(pair.low.links.statistics().connected()).isEqualTo(1);
    }
  }

  @Test
  void longMessagesPass() throws Exception {
    byte[] message = new byte[9_000_000];
    new Random(5).nextBytes(message);
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults()).introduce()) {
      for (int i = 0; i < 3; i++) {
        pair.low.send(Pair.HIGH, message);
        pair.high.send(Pair.LOW, message);
      }
      pair.low.links.flush();
      pair.high.links.flush();
      for (int i = 0; i < 3; i++) {
        assertThat(Arrays.equals(atHigh.message(), message)).isTrue();
        assertThat(Arrays.equals(atLow.message(), message)).isTrue();
      }
      await("release", () -> pair.low.links.statistics().unacknowledgedBytes() == 0);
    }
  }

  @Test
  void aPeerThatDoesNotReadCostsBoundedMemoryAndIsSaidSo() throws Exception {
    LinkOptions small = LinkOptions.defaults().withBounds(1 << 20, 4 << 20);
    byte[] message = new byte[64 * 1024];
    try (Pair pair = pair(Dialer.direct(), small).introduce()) {
      atHigh.hold();
      int queued = 0;
      int soft = 0;
      try {
        while (true) {
          boolean within = pair.low.send(Pair.HIGH, message);
          queued++;
          soft = within ? queued : soft;
          pair.low.links.flush();
        }
      } catch (LinkOverflowException e) {
        assertThat(e).hasMessageContaining(Pair.HIGH.brief());
      }
      assertThat(pair.low.links.statistics().unacknowledgedBytes())
          .isBetween(4L << 20, (4L << 20) + 3L * message.length);
      assertThat(soft).isLessThan(queued);
      // The other end stopped reading, not living: the connection stays, and all arrives.
      atHigh.release();
      for (int i = 0; i < queued; i++) {
        assertThat(atHigh.message()).hasSize(message.length);
      }
      await("release", () -> pair.low.links.statistics().unacknowledgedBytes() == 0);
      assertThat(pair.low.send(Pair.HIGH, message)).isTrue();
    }
  }

  @Test
  void whoFoundNoRoomIsToldWhenThereIsAgain() throws Exception {
    LinkOptions small = LinkOptions.defaults().withBounds(1 << 20, 8 << 20);
    byte[] message = new byte[64 * 1024];
    try (Pair pair = pair(Dialer.direct(), small).introduce()) {
      atHigh.hold();
      int queued = 0;
      while (pair.low.links.hasRoom(Pair.HIGH)) {
        pair.low.send(Pair.HIGH, message);
        pair.low.links.flush();
        queued++;
      }
      assertThat((long) queued * message.length)
          .isBetween(1L << 20, (1L << 20) + 3L * message.length);
      assertThat(atLow.awaitHint("connected")).doesNotContain("drained");
      atHigh.release();
      atLow.awaitHint("drained");
      assertThat(pair.low.links.hasRoom(Pair.HIGH)).isTrue();
      for (int i = 0; i < queued; i++) {
        assertThat(atHigh.message()).hasSize(message.length);
      }
    }
  }

  @Test
  void whoWantsNoMoreIsGivenNothingAndLosesNothing() throws Exception {
    LinkOptions small =
        LinkOptions.defaults()
            .withBounds(1 << 20, 8 << 20)
            .withTimes(Duration.ofMillis(60), Duration.ofMillis(400));
    try (CuttingDialer dialer = new CuttingDialer(() -> Long.MAX_VALUE / 2);
        Pair pair = pair(dialer, small)) {
      atHigh.wantsMore = false;
      pair.introduce();
      int queued = 0;
      while (pair.low.links.hasRoom(Pair.HIGH)) {
        byte[] message = new byte[64 * 1024];
        message[0] = (byte) queued++;
        pair.low.send(Pair.HIGH, message);
        pair.low.links.flush();
      }
      atHigh.awaitHint("connected");
      // It rests longer than a connection may be silent, and what it sends itself arrives.
      long start = System.nanoTime();
      await("time passes", () -> System.nanoTime() - start > 1_000_000_000L);
      pair.high.send(Pair.LOW, bytes(1));
      pair.high.links.flush();
      assertThat(atLow.message()).containsExactly(1);
      assertThat(pair.low.links.statistics().connections()).isEqualTo(1);
      // Nor does it read from the next connection.
      dialer.freeze();
      atLow.awaitHint("disconnected: nothing came");
      dialer.thaw();
      atHigh.awaitHint("connected");
      assertThat(atHigh.waiting()).isZero();
      assertThat(pair.low.links.statistics().unacknowledgedBytes()).isGreaterThan(1 << 20);
      atHigh.wantsMore = true;
      pair.high.links.resume(Pair.LOW);
      for (int i = 0; i < queued; i++) {
        assertThat(atHigh.message()).hasSize(64 * 1024).startsWith(i);
      }
      await("release", () -> pair.low.links.statistics().unacknowledgedBytes() == 0);
      assertThat(pair.high.links.statistics().violations()).isZero();
    }
  }

  @Test
  void closingEndsAReaderThatRests() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults())) {
      atHigh.wantsMore = false;
      pair.introduce();
      atHigh.awaitHint("connected");
      pair.high.links.close(Pair.LOW);
      atLow.awaitHint("disconnected");
      assertThat(pair.high.links.statistics().violations()).isZero();
    }
  }

  @Test
  void aClosedPeerAlwaysHasRoom() throws Exception {
    LinkOptions small = LinkOptions.defaults().withBounds(1, 8 << 20);
    try (Pair pair = pair(Dialer.direct(), small)) {
      pair.low.send(Pair.HIGH, new byte[64]);
      assertThat(pair.low.links.hasRoom(Pair.HIGH)).isFalse();
      pair.low.links.close(Pair.HIGH);
      assertThat(pair.low.links.hasRoom(Pair.HIGH)).isTrue();
    }
  }

  @Test
  void anInterruptedRunnerDoesNotCostTheConnection() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults()).introduce()) {
      atLow.awaitHint("connected");
      for (int i = 0; i < 100; i++) {
        Thread.currentThread().interrupt();
        pair.low.send(Pair.HIGH, bytes(i));
        pair.low.links.flush();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(atHigh.message()).containsExactly(i);
      }
      assertThat(pair.low.links.statistics().connections()).isEqualTo(1);
    }
  }

  @Test
  void aClosedPeerIsRefusedForEver() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults()).introduce()) {
      atHigh.awaitHint("connected");
      pair.low.links.close(Pair.HIGH);
      atHigh.awaitHint("disconnected");
      assertThat(pair.low.send(Pair.HIGH, bytes(1))).isTrue();
      pair.low.links.flush();
      pair.low.links.peer(Pair.HIGH, pair.high.address());
      pair.high.send(Pair.LOW, bytes(2));
      pair.high.links.flush();
      assertThat(atHigh.awaitHint("disconnected: dialing").getLast())
          .contains("the other end refuses the connection");
      assertThat(pair.low.links.statistics().peers()).isZero();
      assertThat(pair.low.links.statistics().messagesDiscarded()).isEqualTo(1);
      assertThat(atLow.waiting()).isZero();
    }
  }

  @Test
  void anotherProcessAtTheSameAddressGetsNothing() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults())) {
      WorkerId gone = new WorkerId(3, 3);
      pair.low.links.peer(gone, pair.high.address());
      pair.low.send(gone, bytes(1));
      pair.low.links.flush();
      assertThat(atLow.awaitHint("disconnected").getLast()).contains("another worker answers");
      assertThat(atHigh.waiting()).isZero();
    }
  }

  @Test
  void anExceptionOfTheListenerClosesTheConnectionAndIsCounted() throws Exception {
    LinkListener failing =
        new LinkListener() {
          @Override
          public void received(WorkerId from, WireReader message) {
            if (message.remaining() == 1) {
              message.readFixedLong();
            }
            atHigh.received(from, message);
          }

          @Override
          public void receivedBatchEnd(WorkerId from) {}

          @Override
          public void connected(WorkerId peer) {}

          @Override
          public void disconnected(WorkerId peer, String why) {}
        };
    try (Pair pair =
        new Pair(Dialer.direct(), LinkOptions.defaults(), atLow, failing).introduce()) {
      pair.low.send(Pair.HIGH, bytes(1));
      pair.low.links.flush();
      await("the violation", () -> pair.high.links.statistics().violations() == 1);
      pair.low.send(Pair.HIGH, bytes(1, 2));
      pair.low.links.flush();
      assertThat(atHigh.message()).containsExactly(1, 2);
      assertThat(pair.high.links.statistics().violations()).isEqualTo(1);
    }
  }

  /// A member that speaks the handshake and the greeting rightly, and then whatever it likes.
  private static SocketChannel member(Pair pair, long generation, long received, byte[] bytes)
      throws IOException {
    Connector connector = new Connector(new WorkerId(9, 9), Pair.credentials(), Dialer.direct());
    SocketChannel channel =
        connector.dial(Pair.LOW, pair.low.address(), ConnectionKind.LINK, TIMEOUT);
    TimedSocket io = new TimedSocket(channel, TIMEOUT);
    new Greeting(true, generation, received).write(io);
    assertThat(Greeting.read(io).wanted()).isTrue();
    io.release();
    channel.write(ByteBuffer.wrap(bytes));
    return channel;
  }

  /// Closed now, not when some deadline of the other end has passed.
  private static void assertClosed(SocketChannel channel) throws IOException {
    channel.socket().setSoTimeout(1_000);
    try {
      assertThat(channel.socket().getInputStream().read()).isEqualTo(-1);
    } catch (SocketException e) {
      // A reset is as good an end: bytes were left unread.
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void badFramesOfAMemberCloseItsConnectionAndAreCounted() throws Exception {
    ByteBuffer acknowledgement = ByteBuffer.allocate(Frame.ACKNOWLEDGEMENT_BYTES);
    Frame.acknowledge(acknowledgement, 5, new java.util.zip.CRC32C());
    List<byte[]> bad =
        List.of(
            new byte[12], bytes(-1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0), acknowledgement.array());
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults())) {
      for (int i = 0; i < bad.size(); i++) {
        try (SocketChannel channel = member(pair, i, 0, bad.get(i))) {
          assertClosed(channel);
        }
        long expected = i + 1L;
        await("the count", () -> pair.low.links.statistics().violations() == expected);
      }
      // More received than was ever sent: refused before it becomes a connection.
      try (SocketChannel channel = member(pair, bad.size(), 1, new byte[0])) {
        assertClosed(channel);
      }
      await("the count", () -> pair.low.links.statistics().violations() == 4);
      assertThat(atLow.waiting()).isZero();
    }
  }

  @Test
  void closingLeavesNoThreadAndNoPort() throws Exception {
    InetSocketAddress low;
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults()).introduce()) {
      pair.low.links.peer(
          new WorkerId(5, 5), new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
      pair.low.send(Pair.HIGH, bytes(1));
      pair.low.links.flush();
      assertThat(atHigh.message()).containsExactly(1);
      low = pair.low.address();
    }
    List<String> left =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("deed-"))
            .toList();
    assertThat(left).isEmpty();
    try (Endpoint again = Endpoint.open(Pair.LOW, Pair.credentials(), low)) {
      assertThat(again.address()).isEqualTo(low);
    }
  }

  @Test
  void closingEndsAMemberThatNeverGreets() throws Exception {
    Pair pair = pair(Dialer.direct(), LinkOptions.defaults());
    try (pair;
        SocketChannel mute =
            new Connector(new WorkerId(9, 9), Pair.credentials(), Dialer.direct())
                .dial(Pair.LOW, pair.low.address(), ConnectionKind.LINK, TIMEOUT)) {
      await("acceptance", () -> pair.low.endpoint.statistics().accepted() == 1);
      pair.low.close();
      assertClosed(mute);
    }
  }

  @Test
  void theListenerMayCloseAPeerAndAllLinks() throws Exception {
    AtomicReference<Pair> both = new AtomicReference<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    LinkListener closing =
        new LinkListener() {
          @Override
          public void received(WorkerId from, WireReader message) {
            both.get().high.links.close(from);
          }

          @Override
          public void receivedBatchEnd(WorkerId from) {
            both.get().high.links.close();
            done.complete(null);
          }

          @Override
          public void connected(WorkerId peer) {}

          @Override
          public void disconnected(WorkerId peer, String why) {}
        };
    try (Pair pair = new Pair(Dialer.direct(), LinkOptions.defaults(), atLow, closing)) {
      both.set(pair);
      pair.introduce();
      pair.low.send(Pair.HIGH, bytes(1));
      pair.low.send(Pair.HIGH, bytes(2));
      pair.low.links.flush();
      done.get(10, TimeUnit.SECONDS);
      assertThat(pair.high.links.statistics().messagesReceived()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void endBelongsToTheBeginBefore() throws Exception {
    try (Pair pair = pair(Dialer.direct(), LinkOptions.defaults())) {
      assertThatThrownBy(() -> pair.low.links.end(Pair.HIGH))
          .isInstanceOf(IllegalStateException.class);
      pair.low.links.begin(Pair.HIGH);
      assertThatThrownBy(() -> pair.low.links.end(new WorkerId(3, 3)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> pair.low.links.begin(Pair.LOW))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
