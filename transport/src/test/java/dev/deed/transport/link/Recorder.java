package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A listener that keeps what it is told, for tests that wait for it.
final class Recorder implements LinkListener {
  private static final int PATIENCE_SECONDS = 30;

  private final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<String> hints = new LinkedBlockingQueue<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /// What is answered when the reader asks whether more is wanted.
  volatile boolean wantsMore = true;

  /// Makes the reader wait in its next message until [#release].
  void hold() {
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  /// The next message, in order.
  byte[] message() throws InterruptedException {
    byte[] message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("no message came; hints: " + hints);
    }
    return message;
  }

  /// Waits for a hint that starts with `start` and returns those before it and it.
  List<String> awaitHint(String start) throws InterruptedException {
    List<String> seen = new ArrayList<>();
    while (true) {
      String hint = hints.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (hint == null) {
        throw new AssertionError("no hint '" + start + "' came, only " + seen);
      }
      seen.add(hint);
      if (hint.startsWith(start)) {
        return seen;
      }
    }
  }

  int waiting() {
    return messages.size();
  }

  @Override
  public void received(WorkerId from, WireReader message) {
    byte[] bytes = new byte[message.remaining()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) message.readByte();
    }
    messages.add(bytes);
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void receivedBatchEnd(WorkerId from) {}

  @Override
  public boolean wantsMore(WorkerId peer) {
    return wantsMore;
  }

  @Override
  public void drained(WorkerId peer) {
    hints.add("drained");
  }

  @Override
  public void connected(WorkerId peer) {
    hints.add("connected");
  }

  @Override
  public void disconnected(WorkerId peer, String why) {
    hints.add("disconnected: " + why);
  }
}
