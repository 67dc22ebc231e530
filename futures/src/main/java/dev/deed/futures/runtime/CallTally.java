package dev.deed.futures.runtime;

import dev.deed.ownership.CoreView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// How many calls the sessions of this process have made, and how many of those have ended. Nothing
/// is asked of them unless somebody follows.
///
/// The calls of tasks that run in other processes are not among them: those are owned there.
public final class CallTally {
  private static volatile @Nullable CallTally followed;

  /// Told the counts.
  @FunctionalInterface
  public interface Listener {
    /// Called by one thread at a time; neither number ever falls.
    void counts(long ended, long made);
  }

  private final Listener listener;
  private final Duration period;
  private final List<WorkerRuntime> open = new ArrayList<>();

  /// Of sessions that are closed.
  private long pastEnded;

  private long pastMade;

  private CallTally(Duration period, Listener listener) {
    this.period = period;
    this.listener = listener;
  }

  /// Tells `listener` the counts once a `period`, and when a session is closed, until the process
  /// ends. To be called once, before there is a session.
  public static void follow(Duration period, Listener listener) {
    CallTally tally = new CallTally(period, listener);
    followed = tally;
    Thread.ofPlatform().daemon().name("deed-progress").start(tally::run);
  }

  private void run() {
    while (true) {
      LockSupport.parkNanos(this, period.toNanos());
      tell();
    }
  }

  static void opened(WorkerRuntime runtime) {
    CallTally tally = followed;
    if (tally != null) {
      tally.add(runtime);
    }
  }

  /// To be called while the session's core still answers.
  static void closed(WorkerRuntime runtime) {
    CallTally tally = followed;
    if (tally != null) {
      tally.remove(runtime);
    }
  }

  private synchronized void add(WorkerRuntime runtime) {
    open.add(runtime);
  }

  private synchronized void remove(WorkerRuntime runtime) {
    // A session that could not be opened was never here.
    if (open.remove(runtime)) {
      CoreView.CallCount last = runtime.look(CoreView::callCount);
      pastEnded += last.ended();
      pastMade += last.made();
      tell();
    }
  }

  private synchronized void tell() {
    long ended = pastEnded;
    long made = pastMade;
    for (WorkerRuntime runtime : open) {
      CoreView.CallCount now = runtime.look(CoreView::callCount);
      ended += now.ended();
      made += now.made();
    }
    listener.counts(ended, made);
  }
}
