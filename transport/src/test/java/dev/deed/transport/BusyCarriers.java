package dev.deed.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Takes every processor that virtual threads run on, as tasks that compute do, until it is closed.
public final class BusyCarriers implements AutoCloseable {
  private volatile boolean over;
  private final List<Thread> threads = new ArrayList<>();

  /// Returns when no other virtual thread runs.
  public BusyCarriers() throws InterruptedException {
    int carriers =
        Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    CountDownLatch computing = new CountDownLatch(carriers);
    for (int i = 0; i < carriers; i++) {
      threads.add(Thread.startVirtualThread(() -> compute(computing)));
    }
    computing.await();
  }

  private void compute(CountDownLatch computing) {
    computing.countDown();
    while (!over) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    over = true;
    threads.forEach(Threads::join);
  }
}
