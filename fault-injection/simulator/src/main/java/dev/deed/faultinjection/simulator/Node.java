package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CoreConfig;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Member;
import dev.deed.ownership.WorkerCore;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One simulated process: a real core, and models of all that surrounds it.
final class Node implements WorkerView {
  /// One program variable's worth of a reference.
  record Held(Reference reference, long handle) {}

  final World world;
  final int index;
  final String name;
  final WorkerId id;
  final EstateId estate;
  final Member member;
  final CoreConfig config;
  final WorkerCore core;
  final Executor executor;
  final Store store;
  final Map<Long, Dialogue> questions = new HashMap<>();

  /// Variables of the worker, by name: they outlive the tasks that filled them.
  final TreeMap<String, Held> kept = new TreeMap<>();

  /// Every handle that a program of this process has now.
  final LinkedHashMap<Long, Reference> handles = new LinkedHashMap<>();

  /// Estates that it came to serve after others.
  private final Set<EstateId> inherited = new HashSet<>();

  private final Outbox outbox;
  private final ArrayDeque<Event> input = new ArrayDeque<>();
  private final long clockOffsetNs;
  private long handleNumbers;
  private long requestNumbers;
  private long editions;
  private long tickAtNs = Long.MAX_VALUE;
  private long pausedUntilNs;
  private final Dice batches;
  private boolean draining;
  private boolean muted;
  private boolean gone;
  private @Nullable CoreState lastState;

  Node(World world, int index, Member member, CoreConfig config) {
    this.world = world;
    this.index = index;
    this.name = index == 0 ? "driver" : String.valueOf((char) ('A' + index - 1));
    this.id = member.id();
    this.estate = new EstateId(id);
    this.member = member;
    this.config = config;
    this.clockOffsetNs = world.draws.dice(Draws.Purpose.CLOCK, index).between(0, 1_000_000_000L);
    this.batches = world.draws.dice(Draws.Purpose.BATCH, index);
    this.outbox = new Outbox(this);
    this.core = new WorkerCore(member, config, outbox);
    this.executor = new Executor(this);
    this.store = new Store(this);
  }

  @Override
  public WorkerId id() {
    return id;
  }

  @Override
  public EstateId estate() {
    return estate;
  }

  @Override
  public CoreFacts facts() {
    return state();
  }

  @Override
  public Collection<Reference> handles() {
    return handles.values();
  }

  @Override
  public List<TaskSpec> waiting() {
    return executor.waiting();
  }

  @Override
  public boolean gone() {
    return gone;
  }

  boolean paused() {
    return pausedUntilNs > world.nowNs;
  }

  /// Whether the process has no lease just now: nothing of it gets out, nothing gets in.
  boolean muted() {
    return muted;
  }

  void mute(boolean on) {
    muted = on;
  }

  long newHandle(Reference reference) {
    handles.put(++handleNumbers, reference);
    return handleNumbers;
  }

  /// The number of a value that is stored here.
  long newEdition() {
    return ++editions;
  }

  long newRequest() {
    return ++requestNumbers;
  }

  /// What the core has now.
  CoreState state() {
    CoreState now = lastState;
    if (now == null) {
      now = new CoreState(core.view());
      lastState = now;
    }
    return now;
  }

  /// Gives an event to the core: at once, unless the process is paused or busy with an earlier one.
  void publish(Event event) {
    if (gone) {
      return;
    }
    input.add(event);
    drain();
  }

  /// The variable's handle is gone.
  void drop(Held held) {
    if (handles.remove(held.handle()) != null) {
      publish(new Event.HandleDropped(held.reference(), held.handle()));
    }
  }

  private void drain() {
    if (draining || paused()) {
      return;
    }
    draining = true;
    try {
      while (!gone && !input.isEmpty()) {
        applyBatch();
      }
    } finally {
      draining = false;
    }
    armTick();
  }

  /// Applies one event, or several that came together, and then carries out what was ordered.
  private void applyBatch() {
    int size = input.size() == 1 ? 1 : 1 + batches.below(Math.min(4, input.size()));
    boolean ownDeath = false;
    for (int i = 0; i < size; i++) {
      Event event = input.poll();
      world.trace.event(this, event);
      world.checks.applying(this, event);
      try {
        core.on(world.nowNs + clockOffsetNs, event);
      } catch (RuntimeException e) {
        throw new ViolationException("core", name + " failed at " + event + ": " + e, e);
      }
      ownDeath |=
          event instanceof Event.EntryFollowed(_, Entry.Death(WorkerId dead, _, _))
              && dead.equals(id);
    }
    core.endOfBatch();
    lastState = null;
    if (outbox.takeInherited()) {
      tellInherited();
    }
    outbox.carryOut();
    world.stepped(this);
    if (ownDeath) {
      world.marks.hit(Marks.Mark.OWN_DEATH_FOLLOWED);
      world.end(this);
    }
  }

  private void tellInherited() {
    for (EstateId served : core.view().estates()) {
      if (!served.equals(estate) && inherited.add(served)) {
        world.checks.inherited(this, served);
      }
    }
  }

  private void armTick() {
    if (gone) {
      return;
    }
    long due = core.nextDueNs();
    if (due == Long.MAX_VALUE) {
      return;
    }
    long at = Math.max(due - clockOffsetNs, world.nowNs + 1_000);
    if (at < tickAtNs) {
      tickAtNs = at;
      world.agenda.at(at, () -> tick(at));
    }
  }

  private void tick(long at) {
    if (gone || at != tickAtNs) {
      return;
    }
    tickAtNs = Long.MAX_VALUE;
    if (paused()) {
      return;
    }
    if (core.nextDueNs() <= world.nowNs + clockOffsetNs) {
      publish(new Event.Tick());
    } else {
      armTick();
    }
  }

  /// Lets a thread of this process act after a while; a pause of the process is added.
  void after(long delayNs, Runnable action) {
    world.agenda.at(world.nowNs + delayNs, () -> unlessPaused(action));
  }

  private void unlessPaused(Runnable action) {
    if (gone) {
      return;
    }
    if (paused()) {
      world.agenda.at(pausedUntilNs, () -> unlessPaused(action));
    } else {
      action.run();
    }
  }

  /// Stops all threads of the process for a while.
  void pause(long forNs) {
    pausedUntilNs = Math.max(pausedUntilNs, world.nowNs + forNs);
    world.agenda.at(
        pausedUntilNs,
        () -> {
          if (!gone) {
            drain();
          }
        });
  }

  /// The process is no more.
  void stop() {
    gone = true;
    input.clear();
    handles.clear();
    kept.clear();
    questions.clear();
    executor.stop();
    store.wipe();
  }

  @Override
  public String toString() {
    return name;
  }
}
