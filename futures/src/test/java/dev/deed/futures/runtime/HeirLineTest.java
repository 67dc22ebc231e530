package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Event;
import dev.deed.ownership.heirs.HeirCodec;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.transport.group.HeirChannel;
import dev.deed.transport.link.ClusterId;
import dev.deed.transport.link.Connector;
import dev.deed.transport.link.Credentials;
import dev.deed.transport.link.Dialer;
import dev.deed.transport.link.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HeirLineTest {
  private static final WorkerId SERVER = new WorkerId(1, 1);
  private static final WorkerId HEIR = new WorkerId(2, 2);
  private static final Credentials CREDENTIALS =
      new Credentials(new ClusterId(1, 2), new byte[Credentials.SECRET_BYTES], 3);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<String> failures = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private Endpoint endpoint(WorkerId worker) throws IOException {
    Endpoint endpoint =
        Endpoint.open(
            worker, CREDENTIALS, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    opened.add(endpoint);
    return endpoint;
  }

  private HeirChannel channel(Endpoint endpoint, HeirChannel.Receiver receiver) throws IOException {
    Connector connector = new Connector(endpoint.self(), CREDENTIALS, Dialer.direct());
    return HeirChannel.open("heirs", endpoint, connector, 1 << 20, receiver);
  }

  private HeirLine line(HeirLine.Opening opening) {
    HeirLine line = new HeirLine(opening, events::add, failures::add);
    opened.add(line);
    return line;
  }

  private static HeirMessage received(long through) {
    return new HeirMessage.Received(new EstateId(SERVER), 1, 1, through, false);
  }

  private Event sendUntilReceived(Runnable send) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() - deadline < 0) {
      send.run();
      Event event = events.poll(20, TimeUnit.MILLISECONDS);
      if (event != null) {
        return event;
      }
    }
    throw new AssertionError("nothing came");
  }

  @Test
  void whatIsToldBeforeItIsOpenIsNotForgotten() throws Exception {
    CountDownLatch may = new CountDownLatch(1);
    Endpoint server = endpoint(SERVER);
    Endpoint heir = endpoint(HEIR);
    HeirLine atHeir = line(receiver -> channel(heir, receiver));
    HeirLine atServer =
        line(receiver -> {
          try {
            may.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return channel(server, receiver);
        });
    atHeir.peer(SERVER, server.address());
    atServer.peer(HEIR, heir.address());
    atServer.send(HEIR, received(7));
    may.countDown();
    assertThat(sendUntilReceived(() -> atServer.send(HEIR, received(8))))
        .isEqualTo(new Event.Replicated(SERVER, received(8)));
  }

  @Test
  void whatIsNoRecordLogIsCountedAndDropped() throws Exception {
    Endpoint server = endpoint(SERVER);
    Endpoint heir = endpoint(HEIR);
    HeirLine atHeir = line(receiver -> channel(heir, receiver));
    atHeir.peer(SERVER, server.address());
    HeirChannel mad = channel(server, (_, _) -> {});
    opened.add(mad);
    mad.peer(HEIR, heir.address());
    byte[] good = HeirCodec.write(received(3));
    assertThat(sendUntilReceived(() -> mad.send(HEIR, good)))
        .isEqualTo(new Event.Replicated(SERVER, received(3)));
    byte[] cut = java.util.Arrays.copyOf(good, good.length - 1);
    byte[] unknown = good.clone();
    unknown[0] = 99;
    assertThat(mad.send(HEIR, cut)).isTrue();
    assertThat(mad.send(HEIR, unknown)).isTrue();
    assertThat(mad.send(HEIR, HeirCodec.write(received(4)))).isTrue();
    Event next = events.poll(20, TimeUnit.SECONDS);
    while (next instanceof Event.Replicated(_, var message) && message.equals(received(3))) {
      next = events.poll(20, TimeUnit.SECONDS);
    }
    assertThat(next).isEqualTo(new Event.Replicated(SERVER, received(4)));
    assertThat(atHeir.malformed()).isEqualTo(2);
  }

  @Test
  void aChannelThatCantBeOpenedIsTold() throws Exception {
    HeirLine line =
        line(_ -> {
          throw new IOException("planted");
        });
    assertThat(failures.poll(20, TimeUnit.SECONDS)).isEqualTo("planted");
    line.peer(HEIR, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    line.send(HEIR, received(1));
    line.close();
  }
}
