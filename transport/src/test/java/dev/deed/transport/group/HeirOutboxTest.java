package dev.deed.transport.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.WorkerId;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HeirOutboxTest {
  private static final Address TO = HeirAddress.of(new WorkerId(-5, 6));

  private final HeirCounters counters = new HeirCounters();
  private final GroupThreads threads = new GroupThreads("test-", "");
  private final Semaphore allowed = new Semaphore(0);
  private final LinkedBlockingQueue<HeirFrame> written = new LinkedBlockingQueue<>();
  private volatile boolean reachable = true;
  private final HeirOutbox outbox = new HeirOutbox(TO, this::write, threads, counters);

  /// A wire that lets through as many frames as it is allowed.
  private boolean write(HeirFrame frame) {
    try {
      allowed.acquire();
    } catch (InterruptedException e) {
      return false;
    }
    written.add(frame);
    return reachable;
  }

  @AfterEach
  void end() {
    outbox.end();
    threads.join();
    assertThat(threads.running()).isEmpty();
  }

  /// What nothing makes shorter.
  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private HeirFrame next() throws InterruptedException {
    HeirFrame next = written.poll(20, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  @Test
  void whatWaitsIsBoundedAndTheCallerIsNeverHeldUp() {
    int taken = 0;
    while (outbox.offer(new byte[10_000])) {
      taken++;
    }
    assertThat(taken).isBetween(100, HeirOutbox.WINDOW_BYTES / 10_000);
    assertThat(outbox.offer(new byte[1])).isTrue();
    while (outbox.offer(new byte[1])) {
      taken++;
    }
    assertThat(taken).isLessThan(400);
    assertThat(counters.sum().messagesRefused()).isEqualTo(2);
  }

  @Test
  void thereIsRoomAgainWhenTheWireHasTakenAMessage() throws InterruptedException {
    while (outbox.offer(new byte[100_000])) {
      // Until it is full.
    }
    allowed.release(2);
    next();
    next();
    HeirPeers.until(() -> outbox.offer(new byte[100_000]));
  }

  @Test
  void aMessageLongerThanTheWindowGoesAlone() throws InterruptedException {
    byte[] message = noise(2 * HeirFrame.MAX_BYTES + 1);
    assertThat(outbox.offer(message)).isTrue();
    assertThat(outbox.offer(new byte[1])).isFalse();
    allowed.release(3);
    for (int i = 0; i < 3; i++) {
      HeirFrame frame = next();
      assertThat(frame.start()).isEqualTo(i * HeirFrame.MAX_BYTES);
      assertThat(frame.number()).isEqualTo(1);
      assertThat(frame.total()).isEqualTo(message.length);
    }
    HeirPeers.until(() -> outbox.offer(new byte[1]));
  }

  @Test
  void aMessageOfWhichAFrameCantBeSentIsLostAndTheNextOneIsSent() throws InterruptedException {
    reachable = false;
    assertThat(outbox.offer(noise(2 * HeirFrame.MAX_BYTES))).isTrue();
    allowed.release(1);
    next();
    HeirPeers.until(() -> counters.sum().messagesLost() == 1);
    reachable = true;
    assertThat(outbox.offer(new byte[5])).isTrue();
    allowed.release(1);
    HeirFrame second = next();
    assertThat(second.number()).isEqualTo(2);
    assertThat(second.total()).isEqualTo(5);
    HeirPeers.until(() -> counters.sum().messagesSent() == 1);
  }

  @Test
  void theEndStopsASenderThatIsHeldUp() {
    assertThat(outbox.offer(new byte[5])).isTrue();
    outbox.end();
    threads.join();
    assertThat(threads.running()).isEmpty();
    assertThat(outbox.offer(new byte[5])).isFalse();
  }
}
