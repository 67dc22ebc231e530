package dev.deed.futures.runtime;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SleepingWaitStrategy;
import dev.deed.ownership.Event;
import dev.deed.ownership.WorkerCore;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The ring of a worker's events, and whoever drains it into the core.
///
/// Thread-safe. [#publish] waits while the ring is full, and for nothing else.
/*
 * State. Slots of the ring are allocated once and used again. `permit` is 1 while a thread drains; the
 * core, the effects and the tables in them are touched by that thread alone.
 *
 * Messages. The core has no thread of its own: who publishes an event tries to take the permit and, if
 * it gets it, drains until the ring is empty; where the ring is empty, its event need not pass through
 * it. A thread that spins for work keeps the permit and drains meanwhile. After a batch the effects are
 * carried out in the order of the output stages (replicate, send, run, answer), still under the permit.
 *
 * Invariants. No event is left behind: a publisher first makes its event visible, then tries the
 * permit; a drainer first gives the permit back, then looks for a visible event once more. One of the
 * two sees the other, because a full fence stands between the two steps on both sides. A claimed and
 * still unpublished slot needs no waiting for: its publisher is yet to try the permit.
 *
 * Failure. If the core throws, its state can't be trusted: nothing is applied any more, and all who
 * wait, now and later, are told so.
 */
final class CoreDriver {
  /// Events after which effects are carried out, though more wait.
  private static final int BATCH = 128;

  private static final VarHandle PERMIT;

  static {
    try {
      PERMIT = MethodHandles.lookup().findVarHandle(CoreDriver.class, "permit", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// One entry of the ring: an event, with the waiter of its answer if it asks for one; or a
  /// question to the core.
  private static final class Slot {
    @Nullable Event event;
    @Nullable Waiter waiter;
    @Nullable Consumer<WorkerCore> question;
  }

  private final RingBuffer<Slot> ring;
  private final EventPoller<Slot> poller;
  private final EventPoller.Handler<Slot> handler = this::take;
  private final CoreEffects effects;
  private final WorkerCore core;
  private final TickTimer timer;
  private volatile int permit;
  private @Nullable Thread drainer;
  private int batch;
  private long nowNs;
  private volatile Answer.@Nullable Stopped stopped;

  CoreDriver(
      int ringSize,
      Function<CoreEffects, WorkerCore> coreOf,
      CoreEffects effects,
      TickTimer timer) {
    this.ring = RingBuffer.createMultiProducer(Slot::new, ringSize, new SleepingWaitStrategy());
    this.poller = ring.newPoller();
    ring.addGatingSequences(poller.getSequence());
    this.effects = effects;
    this.core = coreOf.apply(effects);
    this.timer = timer;
  }

  /// Hands an event to the core, and drains the ring unless another thread does.
  void publish(Event event) {
    publish(event, null);
  }

  /// The same, for an event that asks: `waiter` gets the answers to all requests in it.
  void publish(Event event, @Nullable Waiter waiter) {
    if (applyAtOnce(event, waiter)) {
      return;
    }
    long sequence = claim();
    Slot slot = ring.get(sequence);
    slot.event = event;
    slot.waiter = waiter;
    ring.publish(sequence);
    drain();
  }

  /// Hands an event to the core and leaves draining to a later call of [#drain].
  void enqueue(Event event) {
    long sequence = claim();
    ring.get(sequence).event = event;
    ring.publish(sequence);
  }

  /// Has `question` look at the core between two events. It must not block.
  void ask(Consumer<WorkerCore> question) {
    long sequence = claim();
    ring.get(sequence).question = question;
    ring.publish(sequence);
    drain();
  }

  /// Why nothing is applied any more; null while it is.
  Answer.@Nullable Stopped stopped() {
    return stopped;
  }

  /// Applies nothing from here on: whoever waits, now or later, gets `answer`.
  void stop(Answer.Stopped answer) {
    if (stopped == null) {
      stopped = answer;
    }
    ask(_ -> effects.stop(answer));
  }

  private long claim() {
    while (true) {
      try {
        return ring.tryNext();
      } catch (InsufficientCapacityException _) {
        if (drainer == Thread.currentThread()) {
          throw new IllegalStateException("broken invariant: the drainer published an event");
        }
        drain();
        if (ring.remainingCapacity() == 0) {
          // Returns at once in an interrupted thread, which then spins.
          LockSupport.parkNanos(20_000);
        }
      }
    }
  }

  /// Applies an event without the ring, if no other thread drains and nothing is in the ring, not
  /// even a claimed slot: an earlier event of this thread might stand behind that.
  private boolean applyAtOnce(Event event, @Nullable Waiter waiter) {
    if (!takePermit()) {
      return false;
    }
    boolean alone;
    try {
      alone = ring.getCursor() == poller.getSequence().get();
      if (alone) {
        nowNs = Clock.nowNs();
        apply(event, waiter);
        endOfBatch();
        if (effects.hasEvents()) {
          drainBatches();
        }
      }
    } finally {
      givePermit();
    }
    if (alone && hasNext()) {
      drain();
    }
    return alone;
  }

  /// Drains the ring unless another thread does, which then sees all that is visible now.
  void drain() {
    do {
      VarHandle.fullFence();
      if (!takePermit()) {
        return;
      }
      try {
        drainBatches();
      } finally {
        givePermit();
      }
    } while (hasNext());
  }

  /// One who would wait otherwise, and drains the ring meanwhile.
  interface Attendance {
    /// Whether the thread is the drainer from here on; told by the drainer.
    void attending(boolean now);

    /// Whether there is something else to be done by now.
    boolean over();
  }

  /// Spins until the attendance is over or until that doesn't pay any more, and drains the ring
  /// meanwhile: whoever publishes then goes on with his own work. Returns whether it is over.
  boolean attend(SpinBudget spin, Attendance attendance) {
    if (!takePermit()) {
      return spin.spin(attendance::over);
    }
    boolean leftOver;
    try {
      attendance.attending(true);
      spin.spin(() -> {
        if (hasNext() || effects.hasEvents()) {
          drainBatch();
        }
        return attendance.over();
      });
    } finally {
      attendance.attending(false);
      leftOver = effects.hasEvents();
      givePermit();
    }
    if (leftOver || hasNext()) {
      drain();
    }
    return attendance.over();
  }

  private boolean takePermit() {
    if (permit != 0 || !PERMIT.compareAndSet(this, 0, 1)) {
      return false;
    }
    drainer = Thread.currentThread();
    return true;
  }

  /// To be followed by a look at [#hasNext].
  private void givePermit() {
    long dueNs = stopped == null ? core.nextDueNs() : Long.MAX_VALUE;
    drainer = null;
    permit = 0;
    timer.wakeBy(dueNs);
  }

  private boolean hasNext() {
    return ring.isAvailable(poller.getSequence().get() + 1);
  }

  private void drainBatches() {
    boolean more = true;
    while (more) {
      more = drainBatch();
    }
  }

  /// Applies what is in the ring, up to a batch of it; returns whether there is more to be done.
  private boolean drainBatch() {
    batch = 0;
    nowNs = Clock.nowNs();
    EventPoller.PollState state;
    try {
      state = poller.poll(handler);
    } catch (Exception e) {
      throw new IllegalStateException("broken invariant: the handler lets nothing out", e);
    }
    endOfBatch();
    return state == EventPoller.PollState.PROCESSING || effects.hasEvents();
  }

  private boolean take(Slot slot, long sequence, boolean endOfBatch) {
    Event event = slot.event;
    Waiter waiter = slot.waiter;
    Consumer<WorkerCore> question = slot.question;
    slot.event = null;
    slot.waiter = null;
    slot.question = null;
    if (question != null) {
      ask(question, core);
    } else if (event != null) {
      apply(event, waiter);
    }
    return ++batch < BATCH;
  }

  private void apply(Event event, @Nullable Waiter waiter) {
    if (waiter != null) {
      effects.expect(event, waiter);
    }
    apply(event);
  }

  private void ask(Consumer<WorkerCore> question, WorkerCore asked) {
    try {
      question.accept(asked);
    } catch (RuntimeException | Error e) {
      breakDown(e);
    }
  }

  /// Applies the events that carrying out effects led to.
  private void applyOwn() {
    for (Event event = effects.pollEvent(); event != null; event = effects.pollEvent()) {
      apply(event);
    }
  }

  private void apply(Event event) {
    Answer.Stopped end = stopped;
    if (end != null) {
      effects.stop(end);
      return;
    }
    try {
      effects.applying(event);
      core.on(nowNs, event);
    } catch (RuntimeException | Error e) {
      breakDown(e);
    }
    Answer.Stopped reached = effects.end();
    if (reached != null && stopped == null) {
      stopped = reached;
      effects.stop(reached);
    }
  }

  private void endOfBatch() {
    applyOwn();
    if (stopped == null) {
      try {
        core.endOfBatch();
      } catch (RuntimeException | Error e) {
        breakDown(e);
      }
    }
    effects.carryOut();
  }

  private void breakDown(Throwable defect) {
    Answer.Stopped answer = Answer.Stopped.defect(defect);
    stopped = answer;
    System.getLogger("dev.deed")
        .log(System.Logger.Level.ERROR, "The worker has stopped: a defect of Deed", defect);
    effects.stop(answer);
  }
}
