package dev.deed.transport.link;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The sending half of a link: whichever thread has something to send, sends; nobody waits for
/// another.
final class LinkSender {
  /*
   * Concurrency: `lock` is held for one round of non-blocking writes. Who wants something sent says so in
   * `wanted` and tries the lock; if it is taken, its holder looks at `wanted` again after letting go. So no
   * wish is lost and the runner never waits.
   *
   * Invariants: `wanted` is true from a publish until a holder of the lock has begun to look for it; while
   * the connection is blocked nobody writes but the links' writer, when the socket is writable.
   */

  final Outbox outbox;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean wanted;
  private volatile boolean acknowledgementWanted;
  private volatile long received;

  // Written under the lock.
  private volatile @Nullable LinkConnection connection;

  LinkSender(Outbox outbox) {
    this.outbox = outbox;
  }

  /// The connection that is written to, or null.
  @Nullable LinkConnection connection() {
    return connection;
  }

  /// Sends what is published, as far as the socket takes it. Never blocks and never throws: if the
  /// connection fails, its reader sees to it.
  void pump() {
    wanted = true;
    while (wanted && lock.tryLock()) {
      try {
        wanted = false;
        LinkConnection to = connection;
        if (to != null && !to.blocked) {
          send(to);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void send(LinkConnection to) {
    try {
      if (!sendAcknowledgement(to) || !outbox.send(to.channel)) {
        to.awaitWritable();
      }
      to.written();
    } catch (IOException | CancelledKeyException e) {
      to.close("writing failed: " + e.getMessage());
    }
  }

  private boolean sendAcknowledgement(LinkConnection to) throws IOException {
    if (!to.finishControl()) {
      return false;
    }
    if (!acknowledgementWanted) {
      return true;
    }
    if (!outbox.finishFrame(to.channel)) {
      return false;
    }
    acknowledgementWanted = false;
    return to.acknowledge(received);
  }

  /// Sends an acknowledgement of `count` messages as soon as a frame's edge allows.
  void acknowledge(long count) {
    received = count;
    acknowledgementWanted = true;
    pump();
  }

  /// The links' writer: the socket takes bytes again.
  void writable(LinkConnection to) {
    lock.lock();
    try {
      to.blocked = false;
    } finally {
      lock.unlock();
    }
    pump();
  }

  /// The peer has so many messages. Throws [MalformedException] if they were never sent.
  void acknowledged(long count) {
    lock.lock();
    try {
      outbox.acknowledge(count);
    } finally {
      lock.unlock();
    }
    pumpIfWanted();
  }

  /// Sends over `to` from now on, from message `theirReceived`. Returns how many are sent again;
  /// throws [MalformedException] if the peer can't have received so many.
  long attach(LinkConnection to, long theirReceived) {
    lock.lock();
    try {
      long again = outbox.rewind(theirReceived);
      acknowledgementWanted = false;
      connection = to;
      return again;
    } finally {
      lock.unlock();
    }
  }

  /// Sends nothing over `from` any more.
  void detach(LinkConnection from) {
    lock.lock();
    try {
      if (connection == from) {
        connection = null;
      }
    } finally {
      lock.unlock();
    }
    pumpIfWanted();
  }

  private void pumpIfWanted() {
    if (wanted) {
      pump();
    }
  }
}
