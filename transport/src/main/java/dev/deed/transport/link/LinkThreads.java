package dev.deed.transport.link;

import dev.deed.transport.Threads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The threads that were started for links, so that closing can wait for them. Thread-safe.
final class LinkThreads {
  private final Set<Thread> started = ConcurrentHashMap.newKeySet();

  void start(Thread thread) {
    // Not removed by the thread itself: it would still run when nobody knew of it any more.
    started.removeIf(old -> old.getState() == Thread.State.TERMINATED);
    started.add(thread);
    thread.start();
  }

  /// Waits for all of them, except the calling one.
  void join() {
    for (Thread thread : started) {
      if (thread.getState() != Thread.State.NEW) {
        Threads.join(thread);
      }
    }
  }
}
