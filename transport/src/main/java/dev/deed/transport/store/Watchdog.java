package dev.deed.transport.store;

import dev.deed.transport.Threads;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/// Ends what makes no progress: blocking channels have no time-outs, so one thread looks at all of
/// them.
final class Watchdog implements AutoCloseable {
  /// Fewer bytes than this are no progress: a peer can't hold a connection with a byte now and
  /// then.
  static final int PROGRESS_BYTES = 16 << 10;

  private static final long LONGEST_TICK_NS = 100_000_000;

  private final Set<Guard> guards = ConcurrentHashMap.newKeySet();
  private final List<LongConsumer> ticks = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile boolean closed;

  /// Starts the thread.
  ///
  /// @param shortestLimitNs the least patience that will be asked for
  Watchdog(String name, long shortestLimitNs) {
    long tickNs = Math.clamp(shortestLimitNs / 4, 1_000_000, LONGEST_TICK_NS);
    thread = Thread.ofPlatform().daemon().name(name).start(() -> run(tickNs));
  }

  private void run(long tickNs) {
    while (!closed) {
      LockSupport.parkNanos(tickNs);
      long now = System.nanoTime();
      guards.forEach(guard -> guard.look(now));
      ticks.forEach(tick -> tick.accept(now));
    }
  }

  /// Watches something until [#forget].
  ///
  /// @param end ends it: must not block, may be called by any thread
  Guard guard(Runnable end) {
    Guard guard = new Guard(end);
    guards.add(guard);
    return guard;
  }

  /// Has something else looked at, too: must not block.
  ///
  /// @param look is given the time (`System.nanoTime()`)
  void everyTick(LongConsumer look) {
    ticks.add(look);
  }

  void forget(Guard guard) {
    guard.rest();
    guards.remove(guard);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    Threads.join(thread);
  }

  /// One thing that is watched. All methods are thread-safe.
  static final class Guard {
    private final Runnable end;
    private boolean watching;
    private boolean ended;
    private long limitNs;
    private long deadlineNs;
    private long gathered;

    private Guard(Runnable end) {
      this.end = end;
    }

    /// From now on there must be progress at least every `limitNs`.
    synchronized void expect(long limit) {
      watching = true;
      limitNs = limit;
      deadlineNs = System.nanoTime() + limit;
      gathered = 0;
    }

    /// So many bytes went through.
    synchronized void progressed(long bytes) {
      gathered += bytes;
      if (gathered >= PROGRESS_BYTES) {
        gathered = 0;
        deadlineNs = System.nanoTime() + limitNs;
      }
    }

    /// No progress is expected. When this returns, it will not be ended for want of it.
    synchronized void rest() {
      watching = false;
    }

    /// Ends it now.
    synchronized void endNow() {
      if (!ended) {
        ended = true;
        end.run();
      }
    }

    private synchronized void look(long now) {
      if (watching && now - deadlineNs > 0) {
        endNow();
      }
    }
  }
}
