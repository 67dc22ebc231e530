package dev.deed.transport.link;

import dev.deed.transport.link.HandshakeException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Dials one peer again and again, with growing pauses, until the link has a connection or wants
/// none. Runs on one virtual thread at a time; interrupting it makes it look at the link anew.
final class LinkDialer implements Runnable {
  /// Bound of connecting, of the handshake, and of the greetings, each.
  static final Duration TIMEOUT = Duration.ofSeconds(2);

  static final long BACK_OFF_MIN_MS = 5;
  static final long BACK_OFF_MAX_MS = 500;

  /// What to dial, and the number of connections that the two have had so far.
  record Attempt(InetSocketAddress to, long generation) {}

  private final Link link;
  private final LinkContext context;

  /// Kept from one run to the next: connections that end at once without any use are not made
  /// faster than ones that fail.
  private long backOffMs = BACK_OFF_MIN_MS;

  LinkDialer(Link link, LinkContext context) {
    this.link = link;
    this.context = context;
  }

  @Override
  public void run() {
    if (link.wasFruitful()) {
      backOffMs = BACK_OFF_MIN_MS;
    } else {
      pause();
    }
    boolean told = false;
    @Nullable Attempt attempt = link.nextAttempt();
    while (attempt != null) {
      try {
        dial(attempt);
      } catch (IOException | RuntimeException e) {
        // Whatever a dialer throws: the thread that tries again must not end by it.
        context.counters().dialsFailed.increment();
        if (!told && !link.isSettled()) {
          told = true;
          context.tellDisconnected(
              link.peer(), "dialing " + attempt.to() + " failed: " + e.getMessage());
        }
      } finally {
        link.endAttempt();
      }
      if (!link.isSettled()) {
        pause();
      }
      attempt = link.nextAttempt();
    }
  }

  private void dial(Attempt attempt) throws IOException {
    SocketChannel channel =
        context.connector().dial(link.peer(), attempt.to(), context.kind(), TIMEOUT);
    boolean installed = false;
    try {
      TimedSocket io = new TimedSocket(channel, TIMEOUT);
      link.greeting(attempt.generation()).write(io);
      Greeting answer = Greeting.read(io);
      if (!answer.wanted()) {
        throw new HandshakeException(Reason.REFUSED, "another connection is being made");
      }
      io.release();
      installed = link.dialed(channel, answer);
    } finally {
      if (!installed) {
        channel.close();
      }
    }
  }

  private void pause() {
    long millis = backOffMs + ThreadLocalRandom.current().nextLong(1 + backOffMs / 4);
    backOffMs = Math.min(BACK_OFF_MAX_MS, 2 * backOffMs);
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // Closed, or the peer has dialed: the next look at the link tells.
      return;
    }
  }
}
