package dev.deed.futures.runtime;

import dev.deed.InterruptedGetException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One thread's wait for the answer to one request.
final class Wait implements Waiter {
  private static final VarHandle STATE;

  /// Stands in for the answer when it isn't wanted any more.
  private static final Answer ABANDONED = Answer.Stopped.session();

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Wait.class, "state", Answer.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Thread thread = Thread.currentThread();
  private volatile @Nullable Answer state;
  private volatile boolean parked;

  @Override
  public boolean answer(long request, Answer answer) {
    if (!STATE.compareAndSet(this, null, answer)) {
      return false;
    }
    if (parked) {
      LockSupport.unpark(thread);
    }
    return true;
  }

  /// Whether the answer is there.
  boolean answered() {
    return state != null;
  }

  /// Waits for the answer however long it takes and whoever interrupts: for what comes without
  /// anybody's user code.
  Answer await(WorkerRuntime runtime) {
    boolean interrupted = false;
    try {
      while (true) {
        Answer answer = state;
        if (answer != null) {
          return answer;
        }
        if (runtime.spin().spin(() -> state != null)) {
          continue;
        }
        parked = true;
        if (state == null) {
          LockSupport.park(this);
        }
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Waits for the answer, giving the slot back if this is the thread of an execution. Returns null
  /// when the time is over, and throws [InterruptedGetException] (the flag stays set) when this
  /// thread is interrupted; in both cases no answer will be taken any more.
  ///
  /// @param deadlineNs of [System#nanoTime], or [Long#MAX_VALUE]
  @Nullable Answer awaitUntil(WorkerRuntime runtime, long deadlineNs) {
    Answer answer = state;
    if (answer != null) {
      return answer;
    }
    TaskRun run = Binding.waiting(Sessions.binding());
    if (run == null) {
      if (!runtime.executor().busy() && runtime.spin().spin(() -> state != null)) {
        return state;
      }
      return park(deadlineNs);
    }
    TaskExecutor executor = run.runtime().executor();
    executor.blocked(run);
    try {
      return park(deadlineNs);
    } finally {
      executor.unblocked(run);
    }
  }

  private @Nullable Answer park(long deadlineNs) {
    parked = true;
    while (true) {
      Answer answer = state;
      if (answer != null) {
        return answer;
      }
      if (Thread.currentThread().isInterrupted()) {
        if (STATE.compareAndSet(this, null, ABANDONED)) {
          throw new InterruptedGetException(
              "interrupted while waiting; the task, if any, goes on", null);
        }
      } else if (deadlineNs == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else {
        long leftNs = deadlineNs - System.nanoTime();
        if (leftNs > 0) {
          LockSupport.parkNanos(this, leftNs);
        } else if (STATE.compareAndSet(this, null, ABANDONED)) {
          return null;
        }
      }
    }
  }
}
