package dev.deed.futures.runtime;

import dev.deed.InterruptedGetException;
import dev.deed.ownership.Event;
import dev.deed.ownership.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One thread's wait for the answers to several gets, over at the first failure.
final class GroupWait implements Waiter {
  private final Thread thread = Thread.currentThread();
  private final long firstRequest;
  private final @Nullable Answer[] answers;
  private int missing;
  private boolean abandoned;
  private volatile @Nullable Answer failed;
  private volatile boolean over;

  /// For requests `firstRequest` to `firstRequest + count - 1`.
  GroupWait(long firstRequest, int count) {
    this.firstRequest = firstRequest;
    this.answers = new Answer[count];
    this.missing = count;
    this.over = count == 0;
  }

  @Override
  public synchronized boolean answer(long request, Answer answer) {
    if (abandoned) {
      return false;
    }
    if (answer instanceof Answer.Stopped) {
      failed = answer;
      over = true;
    } else {
      answers[(int) (request - firstRequest)] = answer;
      missing--;
      if (answer instanceof Answer.Got(_, _, Outcome.Failed _) && failed == null) {
        failed = answer;
      }
      over |= missing == 0 || failed != null;
    }
    if (over) {
      LockSupport.unpark(thread);
    }
    return true;
  }

  /// The failure that ended the wait, if one did.
  @Nullable Answer failed() {
    return failed;
  }

  /// The answer to the request of this position, once all are there.
  Answer.@Nullable Got got(int position) {
    return answers[position] instanceof Answer.Got got ? got : null;
  }

  /// Waits until all are answered or one has failed.
  void await(WorkerRuntime runtime) {
    if (over) {
      return;
    }
    TaskRun run = Binding.waiting(Sessions.binding());
    if (run == null) {
      if (runtime.executor().busy() || !runtime.spin().spin(() -> over)) {
        park();
      }
      return;
    }
    TaskExecutor executor = run.runtime().executor();
    executor.blocked(run);
    try {
      park();
    } finally {
      executor.unblocked(run);
    }
  }

  private void park() {
    while (!over) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedGetException("interrupted while waiting; the tasks go on", null);
      }
      LockSupport.park(this);
    }
  }

  /// Takes no answer from here on; returns the events that end what is open.
  synchronized List<Event> abandon() {
    abandoned = true;
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      if (!(answers[i] instanceof Answer.Got(long request, _, Outcome outcome))) {
        events.add(new Event.GetAbandoned(firstRequest + i));
      } else if (Readers.endsLater(outcome)) {
        events.add(new Event.ReadDone(request));
      }
    }
    return events;
  }
}
