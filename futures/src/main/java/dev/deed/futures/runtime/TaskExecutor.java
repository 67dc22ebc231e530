package dev.deed.futures.runtime;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.Event;
import dev.deed.transport.Threads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Executes the tasks that the core orders. Thread-safe.
/*
 * State. A *slot* is one processor, counted in `free`. A runner (a virtual thread) that has a slot drains the queue
 * of ordinary tasks, those of one processor and nothing else. The core orders some more of these than there are
 * processors, so that a slot never waits for the core; so the slots, not the core, bound how many run at once.
 * A task of another demand is ordered only when its processors are free: it begins at once, on a runner
 * of its own, and takes its processors from `free`, which may go below zero.
 *
 * Blocking. When the code of a task blocks, its slot is given back and another runner takes the queue
 * over; when it goes on, it takes a slot again, over the limit if need be. A runner that finds `free`
 * below zero after a task gives its slot back. A get on a task that is queued here may run it in
 * place: then the slot of the one that would have blocked is used, and nothing is handed over.
 * What a task waits for and isn't queued yet comes to the front: what was begun ends before more is begun.
 *
 * Invariants. If the queue isn't empty and a slot is free, someone will wake a runner: who adds to the
 * queue and who frees a slot both do so before they look at the other. A runner is in `idle` at most
 * once, and wakes only with a slot that was taken for it.
 */
final class TaskExecutor {
  /// Parts of a processor that are counted.
  private static final int SLOT = 1000;

  private static final int SPIN_NS = 20_000;

  private final WorkerRuntime runtime;
  private final TaskInvoker invoker;
  private final int processors = Runtime.getRuntime().availableProcessors();
  private final int mostIdle;
  private final AtomicInteger free;
  private final Deque<TaskRun> queue = new ConcurrentLinkedDeque<>();
  private final ArrayDeque<Runner> idle = new ArrayDeque<>();
  private final Set<Runner> runners = ConcurrentHashMap.newKeySet();
  private final AtomicLong names = new AtomicLong();
  private final AtomicInteger active = new AtomicInteger();
  private final SpinBudget spin = new SpinBudget(SPIN_NS);
  private volatile boolean closed;

  /// Whether the drainer is a runner with nothing else to do, which looks at the queue next. Used
  /// by the drainer alone.
  private boolean attending;

  private final CoreDriver.Attendance attendance =
      new CoreDriver.Attendance() {
        @Override
        public void attending(boolean now) {
          attending = now;
        }

        @Override
        public boolean over() {
          return !queue.isEmpty() || closed;
        }
      };

  TaskExecutor(WorkerRuntime runtime, TaskInvoker invoker, int slots) {
    this.runtime = runtime;
    this.invoker = invoker;
    this.free = new AtomicInteger(slots * SLOT);
    this.mostIdle = 2 * slots + 2;
  }

  /// Makes the execution that the core has ordered, for [#enqueue].
  TaskRun prepare(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home) {
    return new TaskRun(runtime, execution, spec, attempt, estate, home);
  }

  /// Takes executions over. Called by the drainer.
  void enqueue(List<TaskRun> runs) {
    int ordinary = 0;
    for (TaskRun run : runs) {
      if (isOrdinary(run.spec())) {
        run.link();
        if (run.awaited()) {
          queue.addFirst(run);
        } else {
          queue.addLast(run);
        }
        ordinary++;
      } else {
        free.addAndGet(-parts(run.spec()));
        new Runner(run).start();
      }
    }
    if (ordinary > (attending ? 1 : 0)) {
      wakeRunners();
    }
  }

  private static boolean isOrdinary(TaskSpec spec) {
    return spec.terms().demand().equals(Demand.ONE_CPU);
  }

  private static int parts(TaskSpec spec) {
    return (int) Math.min(1 << 30, Math.round(spec.terms().demand().amount(Demand.CPU) * SLOT));
  }

  /// Whether spinning would take time from user code.
  boolean busy() {
    return active.get() >= processors;
  }

  /// Whether executions wait, after which there will be more to send.
  boolean hasQueued() {
    return !queue.isEmpty();
  }

  private void wakeRunners() {
    while (!queue.isEmpty() && takeSlot()) {
      Runner runner;
      synchronized (idle) {
        runner = idle.pollLast();
      }
      if (runner == null) {
        new Runner(null).start();
      } else {
        runner.wake();
      }
    }
  }

  private boolean takeSlot() {
    int now = free.get();
    while (now >= SLOT) {
      if (free.compareAndSet(now, now - SLOT)) {
        return true;
      }
      now = free.get();
    }
    return false;
  }

  /// A thread of the code of `run` is about to block.
  void blocked(TaskRun run) {
    tellBlocked(run);
    if (run.lend()) {
      free.addAndGet(parts(run.spec()));
      wakeRunners();
    }
  }

  /// It goes on.
  void unblocked(TaskRun run) {
    if (run.takeBack()) {
      free.addAndGet(-parts(run.spec()));
    }
    tellUnblocked(run);
  }

  private void tellBlocked(TaskRun run) {
    run.block(() -> runtime.driver().publish(new Event.Blocked(run.execution())));
  }

  private void tellUnblocked(TaskRun run) {
    run.unblock(() -> runtime.driver().publish(new Event.Unblocked(run.execution())));
  }

  /// Executes `inner` on this thread in the place of the execution that this thread is in, if
  /// nobody has begun it and both need the same.
  void runInPlace(TaskRun inner, Binding binding) {
    TaskRun outer = binding.run;
    if (outer == null
        || closed
        || binding.depth >= TaskInvoker.MAX_DEPTH
        || !inner.spec().terms().demand().equals(outer.spec().terms().demand())
        || !inner.begin()) {
      return;
    }
    outer.nest();
    // The core counts both executions; the outer one's slot is the one that is used.
    tellBlocked(outer);
    try {
      invoker.execute(inner, binding);
    } finally {
      tellUnblocked(outer);
      outer.unnest();
    }
  }

  /// Ends all runners that are idle or get idle, interrupts the others, and waits for them until
  /// `deadlineNs` of [System#nanoTime]; returns the names of the tasks that go on nevertheless.
  List<String> close(long deadlineNs) {
    closed = true;
    synchronized (idle) {
      idle.forEach(Runner::wake);
      idle.clear();
    }
    List<String> left = new ArrayList<>();
    for (Runner runner : runners) {
      if (runner.thread != Thread.currentThread()
          && !Threads.joinUntil(runner.thread, deadlineNs)) {
        left.add(runner.thread.getName());
      }
    }
    return left;
  }

  /// A virtual thread that drains the queue while it has a slot.
  private final class Runner implements Runnable {
    private final Thread thread;
    private final @Nullable TaskRun first;
    private volatile boolean woken;

    Runner(@Nullable TaskRun first) {
      this.first = first;
      this.thread =
          Thread.ofVirtual()
              .name("deed-runner-" + names.incrementAndGet())
              .inheritInheritableThreadLocals(false)
              .unstarted(this);
    }

    void start() {
      runners.add(this);
      thread.start();
    }

    /// Wakes a runner that was taken out of `idle`; a slot was taken for it.
    void wake() {
      woken = true;
      java.util.concurrent.locks.LockSupport.unpark(thread);
    }

    @Override
    public void run() {
      Binding binding = Sessions.ownBinding();
      active.incrementAndGet();
      try {
        if (first != null) {
          runFirst(first, binding);
        }
        do {
          drain(binding);
        } while (awaitSlot());
      } finally {
        active.decrementAndGet();
        runners.remove(this);
      }
    }

    private void runFirst(TaskRun run, Binding binding) {
      if (run.begin()) {
        invoker.execute(run, binding);
      }
      // Its own processors become those of a slot.
      free.addAndGet(parts(run.spec()) - SLOT);
    }

    /// Executes what is queued; leaves without the slot.
    private void drain(Binding binding) {
      while (!closed && free.get() >= 0) {
        TaskRun run = queue.poll();
        if (run == null) {
          if (busy() || !runtime.driver().attend(spin, attendance)) {
            break;
          }
        } else if (run.begin()) {
          invoker.execute(run, binding);
        }
      }
    }

    /// Gives the slot back and waits for another; false if this runner is not needed any more.
    private boolean awaitSlot() {
      boolean surplus;
      synchronized (idle) {
        surplus = closed || idle.size() >= mostIdle;
        if (!surplus) {
          idle.addLast(this);
        }
      }
      active.decrementAndGet();
      try {
        free.addAndGet(SLOT);
        wakeRunners();
        if (surplus) {
          return false;
        }
        while (!woken) {
          java.util.concurrent.locks.LockSupport.park(this);
          Thread.interrupted();
        }
        woken = false;
        return !closed;
      } finally {
        active.incrementAndGet();
      }
    }
  }
}
