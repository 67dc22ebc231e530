package dev.deed.transport.store;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.store.BulkConnection.OwnStoreFailure;
import dev.deed.transport.store.ChunkProtocol.Answer;
import dev.deed.transport.store.ChunkProtocol.Request;
import dev.deed.transport.store.PeerConnections.Held;
import dev.deed.transport.store.TransferCounters.Count;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Fetches blocks of one value over one connection at a time, going on to the next holder when one
/// fails. Run by one thread.
final class PullLane {
  private static final long PAUSE_MS = 50;

  private final Pull pull;
  private final Receiving into;
  private final PeerConnections connections;
  private final TransferConfig config;
  private final TransferCounters counters;
  private Watchdog.@Nullable Guard toEnd;
  private boolean ended;
  private int nextNumber;

  PullLane(
      Pull pull,
      Receiving into,
      PeerConnections connections,
      TransferConfig config,
      TransferCounters counters) {
    this.pull = pull;
    this.into = into;
    this.connections = connections;
    this.config = config;
    this.counters = counters;
  }

  /// Fetches until no block is left to ask for, or no holder to ask. Throws only what is wrong with
  /// the own store.
  void run() throws OwnStoreFailure {
    while (pull.hasWork()) {
      Optional<Pull.Holder> holder = pull.visit();
      if (holder.isEmpty()) {
        return;
      }
      try {
        visit(holder.get());
      } finally {
        pull.left(holder.get());
      }
    }
  }

  /// Ends the lane soon, from any thread.
  synchronized void end() {
    ended = true;
    if (toEnd != null) {
      toEnd.endNow();
    }
    notifyAll();
  }

  /// What the lane waits for from now on.
  synchronized void endWith(Watchdog.Guard guard) {
    toEnd = guard;
    if (ended) {
      guard.endNow();
    }
  }

  synchronized void endWithNothing() {
    toEnd = null;
  }

  synchronized void requireWanted() throws IOException {
    if (ended) {
      throw new IOException("given up");
    }
  }

  private void visit(Pull.Holder holder) throws OwnStoreFailure {
    Held held;
    try {
      held = connections.take(holder.worker(), this);
    } catch (IOException e) {
      pull.failed(holder, e instanceof ClosedByInterruptException, "could not be reached: " + e);
      pause();
      return;
    }
    boolean reused = held.connection().used();
    boolean usable = false;
    try {
      endWith(held.guard());
      usable = fetch(holder, held);
    } catch (MalformedException e) {
      counters.add(Count.MALFORMED, 1);
      pull.failed(holder, false, e.toString());
    } catch (IOException e) {
      counters.add(Count.BROKEN, 1);
      boolean silent = e instanceof AsynchronousCloseException; // the watchdog closed it
      if (silent || !reused) { // else the peer may have closed it while it was unused
        pull.failed(holder, silent, silent ? "made no progress" : e.toString());
        pause();
      }
    } finally {
      endWithNothing();
      put(held, usable);
    }
  }

  private void put(Held held, boolean usable) {
    try {
      if (usable) {
        connections.giveBack(held);
      } else {
        connections.discard(held);
      }
    } catch (IOException e) {
      System.getLogger(PullLane.class.getName())
          .log(System.Logger.Level.DEBUG, "closing a connection", e);
    }
  }

  /// A short wait, so that a holder that refuses connections is not asked in a tight loop.
  private synchronized void pause() {
    long endNs = System.nanoTime() + PAUSE_MS * 1_000_000;
    try {
      long leftMs = PAUSE_MS;
      while (!ended && leftMs > 0) {
        wait(leftMs);
        leftMs = (endNs - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Fetches from one holder.
  ///
  /// @return whether nothing is under way on the connection
  private boolean fetch(Pull.Holder holder, Held held) throws IOException, OwnStoreFailure {
    Deque<Request.Get> asked = new ArrayDeque<>();
    Progress progress = new Progress();
    try {
      held.guard().expect(config.stallNs());
      while (ask(held, asked, progress)) {
        Request.Get oldest = asked.getFirst();
        Answer answer = held.connection().readHead(oldest, held.guard());
        if (answer.kind().hasBytes()) {
          if (!held.connection().receive(answer, oldest, into, held.guard())) {
            counters.add(Count.CORRUPT_CHUNKS, 1);
            pull.corrupt(holder);
            return false;
          }
          asked.removeFirst();
          // First, so that who waits for the pull, which may be complete now, finds it counted.
          counters.add(Count.CHUNKS_RECEIVED, 1);
          counters.add(Count.BYTES_RECEIVED, answer.length());
          pull.came(holder);
          progress.came();
        } else {
          asked.removeFirst();
          pull.giveBack(List.of(oldest.block()));
          progress.notHere(answer.kind() == ChunkProtocol.Kind.ABSENT);
          held.guard().expect(config.stallNs());
        }
      }
      held.connection().send(new Request.End(), held.guard());
      if (progress.absent) {
        pull.absent(holder);
      } else if (progress.stalled(config.stallNs())) {
        pull.failed(holder, true, "is still waiting for the value itself");
      }
      return true;
    } finally {
      List<Integer> open = new ArrayList<>();
      asked.forEach(request -> open.add(request.block()));
      pull.giveBack(open);
    }
  }

  /// Keeps the pipeline full.
  ///
  /// @return whether an answer is due
  private boolean ask(Held held, Deque<Request.Get> asked, Progress progress) throws IOException {
    boolean more = !progress.absent && !progress.stalled(config.stallNs());
    while (more && asked.size() < config.pipeline()) {
      OptionalInt block = pull.takeBlock();
      if (block.isEmpty()) {
        break;
      }
      Request.Get request = new Request.Get(nextNumber, pull.value(), block.getAsInt());
      nextNumber = (nextNumber + 1) & Integer.MAX_VALUE;
      asked.addLast(request);
      held.connection().send(request, held.guard());
    }
    return !asked.isEmpty();
  }

  /// What a visit has brought.
  private static final class Progress {
    private boolean absent;
    private boolean waiting;
    private long lastNs = System.nanoTime();

    private void came() {
      waiting = false;
      lastNs = System.nanoTime();
    }

    private void notHere(boolean forGood) {
      absent |= forGood;
      waiting = true;
    }

    private boolean stalled(long stallNs) {
      return waiting && System.nanoTime() - lastNs > stallNs;
    }
  }
}
