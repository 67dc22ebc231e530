package dev.deed.transport.journal;

import dev.deed.transport.Threads;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The thread that writes a journal. What is handed over is written in order, and synced together.
/// Thread-safe.
public final class JournalLine implements Closeable {
  /*
   * State: what waits to be written; what was written and waits for a sync, known to the thread only.
   * Bounds: what waits to be written, in bytes; what waits for a sync is bounded by who waits for it.
   * Failure: at the first error of the journal nothing further is taken or told as kept, and `failed` is
   * told the error, once.
   */

  /// Something to be written.
  @FunctionalInterface
  public interface Work {
    /// Writes it; may leave a cut open, which later work commits.
    void run(Journal journal) throws IOException;
  }

  private record Item(long bytes, Work work, Runnable kept) {}

  private final Journal journal;
  private final SyncPolicy policy;
  private final long mostWaitingBytes;
  private final Consumer<IOException> failed;
  private final Thread thread;

  // Guarded by this.
  private ArrayDeque<Item> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean ending;
  private @Nullable IOException failure;

  private final List<Runnable> written = new ArrayList<>();
  private long syncedAtNs;

  /// Begins to write `journal`, which it closes in the end.
  ///
  /// @param mostWaitingBytes beyond these nothing is taken until some were written
  public JournalLine(
      Journal journal, SyncPolicy policy, long mostWaitingBytes, Consumer<IOException> failed) {
    this.journal = journal;
    this.policy = policy;
    this.mostWaitingBytes = mostWaitingBytes;
    this.failed = failed;
    this.syncedAtNs = System.nanoTime() - policy.intervalNs();
    this.thread = Thread.ofPlatform().daemon().name("deed-journal").start(this::run);
  }

  /// Hands something over that takes about `bytes`; `kept` is called, on the journal's thread, when
  /// it and all before it is kept. False if too much waits, or the journal has failed or is closed.
  public boolean submit(long bytes, Work work, Runnable kept) {
    synchronized (this) {
      boolean tooMuch = waitingBytes > 0 && waitingBytes + bytes > mostWaitingBytes;
      if (ending || failure != null || tooMuch) {
        return false;
      }
      waiting.add(new Item(bytes, work, kept));
      waitingBytes += bytes;
      notifyAll();
      return true;
    }
  }

  /// Why nothing is taken any more.
  public synchronized Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  private void run() {
    try {
      ArrayDeque<Item> items = take();
      while (items != null) {
        for (Item item : items) {
          item.work.run(journal);
          written.add(item.kept);
        }
        keep(false);
        items = take();
      }
      keep(true);
    } catch (IOException e) {
      fail(e);
    } catch (RuntimeException | Error e) {
      fail(new JournalFailedException("the journal can't go on: " + e, e));
      throw e;
    }
  }

  /// What waits; empty when a sync is due; null at the end.
  private @Nullable ArrayDeque<Item> take() throws IOException {
    synchronized (this) {
      try {
        while (waiting.isEmpty() && !ending) {
          long restNs = written.isEmpty() ? Long.MAX_VALUE : syncDueNs() - System.nanoTime();
          if (restNs <= 0) {
            return new ArrayDeque<>();
          }
          wait(Math.max(1, restNs / 1_000_000));
        }
      } catch (InterruptedException e) {
        throw new JournalFailedException("the journal's thread was interrupted", e);
      }
      if (waiting.isEmpty()) {
        return null;
      }
      ArrayDeque<Item> taken = waiting;
      waiting = new ArrayDeque<>();
      waitingBytes = 0;
      return taken;
    }
  }

  private long syncDueNs() {
    return syncedAtNs + policy.intervalNs();
  }

  /// Tells what is kept, after a sync if one is needed and due.
  private void keep(boolean atOnce) throws IOException {
    boolean lacks = policy.syncs() && journal.last() > journal.synced();
    if (lacks && !atOnce && syncDueNs() - System.nanoTime() > 0) {
      return;
    }
    if (lacks) {
      journal.sync();
      syncedAtNs = System.nanoTime();
    }
    written.forEach(Runnable::run);
    written.clear();
    if (lacks && isIdle()) {
      journal.mark();
    }
  }

  private synchronized boolean isIdle() {
    return waiting.isEmpty();
  }

  private void fail(IOException e) {
    synchronized (this) {
      failure = e;
      waiting.clear();
      waitingBytes = 0;
    }
    written.clear();
    failed.accept(e);
  }

  /// Writes and syncs what was handed over, and closes the journal.
  @Override
  public void close() throws IOException {
    synchronized (this) {
      ending = true;
      notifyAll();
    }
    Threads.join(thread);
    journal.close();
  }
}
