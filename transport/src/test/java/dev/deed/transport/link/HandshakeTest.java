package dev.deed.transport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.link.HandshakeException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HandshakeTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final WorkerId SELF = new WorkerId(11, 1);
  private static final WorkerId DIALER = new WorkerId(12, 1);

  private final LinkedBlockingQueue<WorkerId> accepted = new LinkedBlockingQueue<>();
  private final List<SocketChannel> handedOver = new ArrayList<>();
  private Endpoint endpoint;

  @BeforeEach
  void open() throws IOException {
    endpoint = Endpoint.open(SELF, Pair.credentials(), Pair.loopback());
    for (ConnectionKind kind : List.of(ConnectionKind.BULK, ConnectionKind.CLIENT)) {
      endpoint.handle(
          kind,
          (peer, channel) -> {
            handedOver.add(channel);
            accepted.add(peer);
          });
    }
  }

  @AfterEach
  void close() throws IOException {
    endpoint.close();
    for (SocketChannel channel : handedOver) {
      channel.close();
    }
    assertThat(endpoint.statistics().strangers()).isZero();
  }

  private Connector connector(Credentials credentials) {
    return new Connector(DIALER, credentials, Dialer.direct());
  }

  private HandshakeException refusal(Credentials credentials, WorkerId peer, ConnectionKind kind) {
    return Objects.requireNonNull(
        catchThrowableOfType(
            HandshakeException.class,
            () -> connector(credentials).dial(peer, endpoint.address(), kind, TIMEOUT).close()));
  }

  private long refused(Reason reason) {
    return Objects.requireNonNull(endpoint.statistics().refused().get(reason));
  }

  private void awaitRefused(Reason reason, long count) {
    long patience = System.nanoTime() + TIMEOUT.toNanos();
    while (refused(reason) < count && System.nanoTime() < patience) {
      LockSupport.parkNanos(200_000);
    }
    assertThat(refused(reason)).isEqualTo(count);
  }

  private void assertMembersGetIn() throws Exception {
    try (SocketChannel channel =
        connector(Pair.credentials())
            .dial(SELF, endpoint.address(), ConnectionKind.BULK, TIMEOUT)) {
      assertThat(accepted.poll(5, TimeUnit.SECONDS)).isEqualTo(DIALER);
      assertThat(channel.isBlocking()).isTrue();
      assertThat(endpoint.statistics().accepted()).isEqualTo(1);
    }
  }

  /// Waits until so many connections have come to an end, one way or another.
  private void awaitHandled(long connections) {
    long patience = System.nanoTime() + TIMEOUT.toNanos();
    while (handled() < connections && System.nanoTime() < patience) {
      LockSupport.parkNanos(200_000);
    }
    assertThat(handled()).isEqualTo(connections);
    assertThat(endpoint.statistics().accepted()).isZero();
  }

  private long handled() {
    EndpointStatistics statistics = endpoint.statistics();
    return statistics.refused().values().stream().mapToLong(Long::longValue).sum()
        + statistics.failed()
        + statistics.overflowed();
  }

  @Test
  void bothEndsLearnWhoTheOtherIs() throws Exception {
    assertMembersGetIn();
  }

  @Test
  void aClientLearnsWhoAnswers() throws Exception {
    Connector.Connection connection =
        connector(Pair.credentials()).dialAnyone(endpoint.address(), TIMEOUT);
    try (SocketChannel channel = connection.channel()) {
      assertThat(connection.peer()).isEqualTo(SELF);
      assertThat(channel.isConnected()).isTrue();
    }
  }

  @Test
  void aHandedOverChannelCarriesBytesBothWays() throws Exception {
    endpoint.handle(
        ConnectionKind.GROUP,
        (peer, channel) -> {
          ByteBuffer buffer = ByteBuffer.allocate(3);
          while (buffer.hasRemaining()) {
            channel.read(buffer);
          }
          channel.write(buffer.flip());
          channel.close();
        });
    try (SocketChannel channel =
        connector(Pair.credentials())
            .dial(SELF, endpoint.address(), ConnectionKind.GROUP, TIMEOUT)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      byte[] answer = channel.socket().getInputStream().readAllBytes();
      assertThat(answer).containsExactly(1, 2, 3);
    }
  }

  @Test
  void anotherSecretIsRefused() {
    byte[] secret = new byte[Credentials.SECRET_BYTES];
    secret[31] = 1;
    Credentials wrong = new Credentials(Pair.CLUSTER, secret, 42);
    assertThat(refusal(wrong, SELF, ConnectionKind.BULK).reason()).isEqualTo(Reason.WRONG_SECRET);
    awaitRefused(Reason.WRONG_SECRET, 1);
    assertThat(accepted).isEmpty();
  }

  @Test
  void anAcceptorWithoutTheSecretIsNotTrusted() throws Exception {
    byte[] secret = new byte[Credentials.SECRET_BYTES];
    secret[0] = 9;
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(Pair.loopback())) {
      Thread impostor = Thread.ofVirtual().start(() -> pretend(server));
      assertThatThrownBy(() ->
              connector(new Credentials(Pair.CLUSTER, secret, 42))
                  .dial(
                      SELF,
                      (InetSocketAddress) server.getLocalAddress(),
                      ConnectionKind.BULK,
                      TIMEOUT))
          .isInstanceOfSatisfying(
              HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_SECRET));
      impostor.join();
    }
  }

  /// Plays an acceptor that takes any proof and answers with one it made up.
  private static void pretend(ServerSocketChannel server) {
    try (SocketChannel channel = server.accept()) {
      TimedSocket io = new TimedSocket(channel, TIMEOUT);
      io.read(95);
      ByteBuffer challenge = ByteBuffer.allocate(54).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      challenge.putInt(0x44454544).put((byte) Handshake.VERSION).put((byte) 0);
      challenge.putLong(SELF.high()).putLong(SELF.low());
      io.write(challenge.array());
      io.read(32);
      io.write(new byte[33]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void otherMessagesAreAnotherVersion() {
    Credentials wrong = new Credentials(Pair.CLUSTER, new byte[32], 43);
    assertThat(refusal(wrong, SELF, ConnectionKind.BULK).reason()).isEqualTo(Reason.WRONG_VERSION);
    awaitRefused(Reason.WRONG_VERSION, 1);
  }

  @Test
  void anotherProtocolVersionIsToldSo() throws Exception {
    try (SocketChannel channel = SocketChannel.open(endpoint.address())) {
      byte[] hello = new byte[95];
      ByteBuffer.wrap(hello).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(0x44454544);
      hello[4] = Handshake.VERSION + 1;
      channel.write(ByteBuffer.wrap(hello));
      byte[] answer = channel.socket().getInputStream().readNBytes(6);
      assertThat(answer[4]).isEqualTo((byte) Handshake.VERSION);
      assertThat(answer[5]).isEqualTo((byte) Reason.WRONG_VERSION.code());
    }
    awaitRefused(Reason.WRONG_VERSION, 1);
  }

  @Test
  void anotherClusterIsRefused() {
    Credentials wrong = new Credentials(new ClusterId(7, 9), new byte[32], 42);
    HandshakeException refusal = refusal(wrong, SELF, ConnectionKind.BULK);
    assertThat(refusal.reason()).isEqualTo(Reason.WRONG_CLUSTER);
    awaitRefused(Reason.WRONG_CLUSTER, 1);
  }

  @Test
  void aMessageForTheProcessThatWasHereBeforeIsRefused() {
    assertThat(refusal(Pair.credentials(), new WorkerId(11, 0), ConnectionKind.BULK).reason())
        .isEqualTo(Reason.OTHER_WORKER);
    awaitRefused(Reason.OTHER_WORKER, 1);
  }

  @Test
  void aKindWithoutHandlerIsRefused() {
    assertThat(refusal(Pair.credentials(), SELF, ConnectionKind.LINK).reason())
        .isEqualTo(Reason.REFUSED);
    awaitRefused(Reason.REFUSED, 1);
  }

  @Test
  void aWorkerThatClaimsToBeThisOneIsRefused() {
    Connector same = new Connector(SELF, Pair.credentials(), Dialer.direct());
    assertThatThrownBy(() -> same.dial(SELF, endpoint.address(), ConnectionKind.BULK, TIMEOUT))
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
  }

  @Test
  void garbageGetsNoAnswer() throws Exception {
    try (SocketChannel channel = SocketChannel.open(endpoint.address())) {
      channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      int answer;
      try {
        answer = channel.socket().getInputStream().read();
      } catch (IOException e) {
        // The kernel may reset a connection that is closed with bytes unread.
        answer = -1;
      }
      assertThat(answer).isEqualTo(-1);
    }
    awaitRefused(Reason.GARBAGE, 1);
  }

  @Test
  void randomBytesNeverGetIn() throws Exception {
    Random random = new Random(20260101);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      if (i % 2 == 0 && bytes.length > 5) {
        ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(0x44454544);
        bytes[4] = Handshake.VERSION;
      }
      try (SocketChannel channel = SocketChannel.open(endpoint.address())) {
        channel.write(ByteBuffer.wrap(bytes));
      }
    }
    awaitHandled(300);
    assertMembersGetIn();
  }

  @Test
  void aDripOfBytesEndsAtTheDeadline() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(Pair.loopback());
        SocketChannel near = SocketChannel.open(server.getLocalAddress());
        SocketChannel far = server.accept()) {
      Thread drip = Thread.ofVirtual().start(() -> drip(near));
      assertThatThrownBy(() ->
              Handshake.accept(
                  far,
                  Pair.credentials(),
                  SELF,
                  (peer, kind) -> Optional.empty(),
                  Duration.ofMillis(200)))
          .isInstanceOfSatisfying(
              HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
      drip.interrupt();
      drip.join();
    }
  }

  private static void drip(SocketChannel channel) {
    ByteBuffer one = ByteBuffer.wrap(new byte[] {0x44, 0x45, 0x45, 0x44, 1});
    try {
      while (channel.isOpen()) {
        one.limit(Math.min(one.capacity(), one.position() + 1));
        channel.write(one);
        Thread.sleep(60);
      }
    } catch (InterruptedException | IOException e) {
      return; // The test has seen enough.
    }
  }

  @Test
  void aDialerDoesNotWaitForAMuteAcceptor() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(Pair.loopback())) {
      assertThatThrownBy(() ->
              connector(Pair.credentials())
                  .dial(
                      SELF,
                      (InetSocketAddress) server.getLocalAddress(),
                      ConnectionKind.BULK,
                      Duration.ofMillis(100)))
          .isInstanceOfSatisfying(
              HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
    }
  }

  @Test
  void tooManyStrangersAreClosedUnheardAndMembersGetInAfterwards() throws Exception {
    List<SocketChannel> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < Endpoint.MAX_STRANGERS; i++) {
        strangers.add(SocketChannel.open(endpoint.address()));
      }
      try (SocketChannel late = SocketChannel.open(endpoint.address())) {
        assertThat(late.socket().getInputStream().read()).isEqualTo(-1);
      }
      assertThat(endpoint.statistics().overflowed()).isEqualTo(1);
    } finally {
      for (SocketChannel stranger : strangers) {
        stranger.close();
      }
    }
    awaitRefused(Reason.REFUSED, Endpoint.MAX_STRANGERS);
    assertMembersGetIn();
  }

  @Test
  void aPortInUseIsSaidInOneSentence() {
    assertThatThrownBy(() -> Endpoint.open(DIALER, Pair.credentials(), endpoint.address()))
        .isInstanceOf(PortUnavailableException.class)
        .hasMessageContaining("port " + endpoint.address().getPort())
        .hasMessageEndingWith(".");
  }

  @Test
  void credentialsDoNotPrintTheirSecret() {
    assertThat(Pair.credentials().toString()).isEqualTo("Credentials[" + Pair.CLUSTER + "]");
    assertThatThrownBy(() -> new Credentials(Pair.CLUSTER, new byte[16], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
