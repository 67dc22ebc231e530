package dev.deed.futures.runtime;

import dev.deed.TaskContext;
import dev.deed.TaskId;
import dev.deed.WorkerId;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CancelMode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One execution of a task in this worker, from the core's order to its end.
/*
 * State. QUEUED → RUNNING → ENDED. An execution is begun by the one thread that moves it out of QUEUED:
 * a runner, a thread that gets its result and runs it in place, or the drainer that cancels it. While
 * its thread runs another execution in place it is NESTING: an interrupt then waits until the inner one
 * has ended, since it isn't meant for that one. CHANGING lasts for the few steps of beginning and of
 * being interrupted: the end waits for it, so that no later execution of the same thread is hit.
 */
final class TaskRun extends Caller implements TaskContext {
  private static final int QUEUED = 0;
  private static final int RUNNING = 1;
  private static final int CHANGING = 2;
  private static final int NESTING = 3;
  private static final int NESTING_INTERRUPTED = 4;
  private static final int ENDED = 5;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(TaskRun.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long execution;
  private final TaskSpec spec;
  private final int attempt;
  private final EstateId estate;
  private volatile int state;
  private volatile boolean cancelled;
  private final @Nullable LocalCall call;
  private @Nullable Thread thread;

  /// Reasons for which the core counts it as blocked. Guarded by this.
  private int blocks;

  /// Threads of its code for which its slot is given back. Guarded by this.
  private int lent;

  TaskRun(
      WorkerRuntime runtime,
      long execution,
      TaskSpec spec,
      int attempt,
      EstateId estate,
      EstateId home) {
    super(runtime, spec.id(), spec.run(), home);
    this.execution = execution;
    this.spec = spec;
    this.attempt = attempt;
    this.estate = estate;
    this.call = spec.function() instanceof LocalFunction function ? function.link() : null;
  }

  long execution() {
    return execution;
  }

  TaskSpec spec() {
    return spec;
  }

  EstateId estate() {
    return estate;
  }

  @Override
  public TaskId id() {
    return Ids.task(spec.id());
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public WorkerId worker() {
    return Ids.worker(runtime().id());
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  /// Makes this thread the one that executes it; false if another has it or it was cancelled.
  boolean begin() {
    if (!STATE.compareAndSet(this, QUEUED, CHANGING)) {
      return false;
    }
    thread = Thread.currentThread();
    unlink();
    state = RUNNING;
    return true;
  }

  /// Lets references to the task's results find this execution while it waits.
  void link() {
    if (call != null) {
      call.queued = this;
    }
  }

  /// Whether a task waits for its result.
  boolean awaited() {
    return call != null && call.awaited;
  }

  private void unlink() {
    if (call != null) {
      call.queued = null;
    }
  }

  /// The user code has ended. Clears the thread's interrupt flag, which was this execution's.
  void end() {
    while (!STATE.compareAndSet(this, RUNNING, ENDED)) {
      Thread.onSpinWait();
    }
    Thread.interrupted();
  }

  @Override
  boolean ended() {
    return state == ENDED;
  }

  /// One more reason for which it is blocked; `tell` is called if it is the first.
  synchronized void block(Runnable tell) {
    if (blocks++ == 0) {
      tell.run();
    }
  }

  /// One less; `tell` is called if it was the last.
  synchronized void unblock(Runnable tell) {
    if (--blocks == 0) {
      tell.run();
    }
  }

  /// One more thread lets its slot go; returns whether it is the first.
  synchronized boolean lend() {
    return lent++ == 0;
  }

  /// One less; returns whether it was the last.
  synchronized boolean takeBack() {
    return --lent == 0;
  }

  /// Another execution begins on this one's thread.
  void nest() {
    while (!STATE.compareAndSet(this, RUNNING, NESTING)) {
      Thread.onSpinWait();
    }
  }

  /// That one has ended; an interrupt that came meanwhile is delivered.
  void unnest() {
    if (!STATE.compareAndSet(this, NESTING, RUNNING)) {
      state = RUNNING;
      Thread.currentThread().interrupt();
    }
  }

  /// Tells it that it isn't wanted any more; returns true if it had not begun, and now never will.
  boolean cancel(CancelMode mode) {
    cancelled = true;
    while (true) {
      int now = state;
      switch (now) {
        case QUEUED -> {
          if (STATE.compareAndSet(this, QUEUED, ENDED)) {
            unlink();
            return true;
          }
        }
        case RUNNING -> {
          if (mode == CancelMode.COOPERATIVE) {
            return false;
          }
          if (STATE.compareAndSet(this, RUNNING, CHANGING)) {
            Thread executing = thread;
            if (executing != null) {
              executing.interrupt();
            }
            state = RUNNING;
            return false;
          }
        }
        case NESTING -> {
          if (mode == CancelMode.COOPERATIVE
              || STATE.compareAndSet(this, NESTING, NESTING_INTERRUPTED)) {
            return false;
          }
        }
        case CHANGING -> Thread.onSpinWait();
        default -> {
          return false;
        }
      }
    }
  }
}
