package dev.deed.ownership;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Placement;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where tasks that are READY go: leases by shape, kept while they are used (paper §4.1, Ray's
/// worker leases).
final class TaskLeases {
  /*
   * State: for each shape (demand and place) the tasks that wait, and the leases held or asked for.
   * Messages: LeaseRequest, LeaseGrant, LeaseDenied, LeaseBlocked, LeaseReturn.
   * Invariant: tasks in flight under a lease that are not blocked never exceed its credits.
   * Order of places: where the most bytes of arguments are; here, if there is a free slot; the least
   * loaded.  Several owners share a worker without knowing of each other: each is bounded by its credits,
   * and a worker whose queue is full denies.
   */

  /// Time of execution that is kept in flight beyond what runs, to bridge the network.
  static final long BRIDGED_NS = 2_000_000L;

  private static final long DENIED_PAUSE_NS = 10_000_000L;

  /// What a lease is for.
  record Key(Demand demand, @Nullable WorkerId only, boolean spread) {}

  /// The tasks of one kind of place, and the leases for them.
  static final class Shape {
    final Key key;
    final ArrayDeque<TaskRecord> ready = new ArrayDeque<>();
    final List<TaskLease> leases = new ArrayList<>();
    long averageNs = -1;
    boolean dispatching;
    boolean paused;

    /// Whether some worker is known to offer what the shape demands; offers are never taken back.
    boolean possible;

    /// Whether there is a lease, or a request for one, at every worker that fits.
    boolean everywhere;

    private Shape(Key key) {
      this.key = key;
    }
  }

  private final CoreContext context;
  private final Tasks tasks;
  private final Map<Key, Shape> shapes = new LinkedHashMap<>();
  private final LongTable<TaskLease> leases = new LongTable<>();
  private final Consumer<Shape> dispatch = this::dispatch;
  private final Set<Demand> offered = new LinkedHashSet<>();
  private final Shape common = new Shape(new Key(Demand.ONE_CPU, null, false));

  TaskLeases(CoreContext context, Tasks tasks) {
    this.context = context;
    this.tasks = tasks;
    shapes.put(common.key, common);
    if (!context.self.driver()) {
      offered.add(context.self.capacity());
    }
  }

  /// A task is ready for a place.
  void enqueue(TaskRecord task) {
    Shape shape = shape(task);
    if (!shape.possible && impossible(shape)) {
      tasks.impossible(
          task, "needs " + shape.key.demand + ", which no worker offers" + where(shape));
      return;
    }
    task.hurried = false;
    shape.ready.add(task);
    dispatchLater(shape);
  }

  /// User code waits for the result of a task: if that waits for a place, it gets the next one, so
  /// that what was begun ends before more is begun.
  void hurry(TaskRecord task) {
    if (task.state == TaskRecord.State.READY && !task.hurried) {
      task.hurried = true;
      // Its other entry is passed over when its turn comes.
      shape(task).ready.addFirst(task);
    }
  }

  private Shape shape(TaskRecord task) {
    TaskSpec.Terms terms = task.spec().terms();
    WorkerId atHome = task.home == null ? null : atHome(task);
    if (atHome == null && terms.equals(TaskSpec.Terms.DEFAULT)) {
      return common;
    }
    WorkerId only = terms.placement() instanceof Placement.OnWorker(WorkerId w) ? w : atHome;
    Key key = new Key(terms.demand(), only, terms.placement() instanceof Placement.Spread);
    return shapes.computeIfAbsent(key, Shape::new);
  }

  /// Where the home of a task that has begun before is served, if the task may go there. Else it
  /// goes without what it had called.
  private @Nullable WorkerId atHome(TaskRecord task) {
    EstateId home = Invariants.present(task.home, "home");
    TaskSpec.Terms terms = task.spec().terms();
    WorkerId server = context.log.server(home).orElse(null);
    boolean may =
        server != null
            && (!(terms.placement() instanceof Placement.OnWorker(WorkerId w)) || w.equals(server))
            && context
                .log
                .member(server)
                .filter(m -> !m.driver() && terms.demand().fitsInto(m.capacity()))
                .isPresent();
    if (!may) {
      tasks.leaveHome(task);
      return null;
    }
    return server;
  }

  private static String where(Shape shape) {
    return shape.key.only == null ? "" : " (it may only run at " + shape.key.only.brief() + ")";
  }

  private boolean impossible(Shape shape) {
    Key key = shape.key;
    if (key.only != null) {
      return context.log.dead(key.only)
          || context.log.member(key.only).filter(m -> key.demand.fitsInto(m.capacity())).isEmpty();
    }
    if (offered.isEmpty()) {
      return false;
    }
    for (Demand capacity : offered) {
      if (key.demand.fitsInto(capacity)) {
        shape.possible = true;
        return false;
      }
    }
    return true;
  }

  private void dispatchLater(Shape shape) {
    if (!shape.dispatching) {
      shape.dispatching = true;
      context.later(dispatch, shape);
    }
  }

  private void dispatch(Shape shape) {
    shape.dispatching = false;
    TaskRecord task;
    while ((task = shape.ready.peek()) != null) {
      if (task.state != TaskRecord.State.READY || !belongs(task, shape)) {
        shape.ready.poll();
        continue;
      }
      TaskLease lease = choose(shape, task);
      if (lease == null) {
        ask(shape);
        return;
      }
      shape.ready.poll();
      // Before the push: a task of this worker's own may be blocked within it, and counts as such.
      lease.inFlight++;
      if (tasks.push(task, lease)) {
        lease.lastUsedNs = context.now();
      } else {
        lease.inFlight--;
      }
    }
  }

  /// Whether the entry is not left from before the task had a home: it waits elsewhere then.
  private boolean belongs(TaskRecord task, Shape shape) {
    EstateId home = task.home;
    return home == null
        || context.log.server(home).filter(w -> w.equals(shape.key.only)).isPresent();
  }

  private @Nullable TaskLease choose(Shape shape, TaskRecord task) {
    if (shape.leases.size() == 1) {
      TaskLease only = shape.leases.getFirst();
      return only.inFlight < only.window() ? only : null;
    }
    boolean large = false;
    for (Argument argument : task.spec().arguments()) {
      large |= !(argument instanceof Argument.Inline);
    }
    TaskLease best = null;
    long bestBytes = -1;
    for (TaskLease lease : shape.leases) {
      if (lease.inFlight >= lease.window()) {
        continue;
      }
      long bytes = large ? tasks.localBytes(task, lease.worker) : 0;
      if (best == null || bytes > bestBytes || (bytes == bestBytes && lighter(lease, best))) {
        best = lease;
        bestBytes = bytes;
      }
    }
    return best;
  }

  private boolean lighter(TaskLease one, TaskLease other) {
    if (!one.shape.key.spread) {
      boolean here = one.worker.equals(context.id) && one.inFlight < one.slots;
      boolean there = other.worker.equals(context.id) && other.inFlight < other.slots;
      if (here != there) {
        return here;
      }
    }
    return (long) one.inFlight * other.slots < (long) other.inFlight * one.slots;
  }

  /// Asks for leases: no more at a time than there are tasks that wait.
  private void ask(Shape shape) {
    if (shape.paused || shape.everywhere) {
      return;
    }
    int wanted = shape.ready.size();
    List<Member> candidates = new ArrayList<>();
    for (Member member : context.log.members()) {
      if (fits(shape, member)) {
        candidates.add(member);
      }
    }
    for (TaskLease lease : shape.leases) {
      candidates.removeIf(member -> member.id().equals(lease.worker));
      if (!lease.granted()) {
        wanted--;
      }
    }
    if (fits(shape, context.self) && shape.leases.stream().noneMatch(this::local)) {
      request(shape, context.self);
      dispatchLater(shape);
      return;
    }
    while (wanted > 0 && !candidates.isEmpty()) {
      request(shape, candidates.remove(context.draw(candidates.size())));
      wanted--;
    }
    shape.everywhere = candidates.isEmpty();
  }

  private boolean local(TaskLease lease) {
    return lease.worker.equals(context.id);
  }

  private boolean fits(Shape shape, Member member) {
    return !member.driver()
        && (shape.key.only == null || shape.key.only.equals(member.id()))
        && shape.key.demand.fitsInto(member.capacity());
  }

  private void request(Shape shape, Member member) {
    int slots = slots(shape.key.demand, member.capacity());
    TaskLease lease = new TaskLease(context.nextNumber(), member.id(), shape, slots);
    shape.leases.add(lease);
    leases.put(lease.number, lease);
    if (local(lease)) {
      lease.credits = credits(shape.key.demand, member.capacity(), context.config);
    } else {
      context.send(
          member.id(),
          new Message.LeaseRequest(lease.number, shape.key.demand, shape.ready.size()));
    }
  }

  /// How many tasks of a demand a worker of that capacity runs at once.
  static int slots(Demand demand, Demand capacity) {
    double slots = 1 << 10;
    for (Map.Entry<String, Double> entry : demand.amounts().entrySet()) {
      slots = Math.min(slots, Math.floor(capacity.amount(entry.getKey()) / entry.getValue()));
    }
    return (int) Math.max(1, slots);
  }

  /// How many tasks of a demand may be in flight at a worker under one lease.
  static int credits(Demand demand, Demand capacity, CoreConfig config) {
    return (int)
        Math.min(
            config.queueBound(), (long) slots(demand, capacity) * (1 + 4L * config.prefetch()));
  }

  /// A lease was granted.
  void granted(WorkerId from, Message.LeaseGrant grant) {
    TaskLease lease = leases.get(grant.lease());
    if (lease == null || !lease.worker.equals(from) || grant.credits() < 1) {
      context.report(
          Effects.Report.Kind.PROTOCOL_VIOLATION, from.brief() + " grants lease " + grant.lease());
      return;
    }
    lease.credits = grant.credits();
    lease.lastUsedNs = context.now();
    watch(lease);
    dispatchLater(lease.shape);
  }

  /// So many tasks under a lease are blocked.
  void blocked(WorkerId from, long number, int blocked) {
    TaskLease lease = leases.get(number);
    if (lease != null && lease.worker.equals(from)) {
      blocked(lease, blocked);
    }
  }

  /// So many tasks under this lease are blocked.
  void blocked(TaskLease lease, int blocked) {
    lease.blocked = Math.clamp(blocked, 0, lease.inFlight);
    dispatchLater(lease.shape);
  }

  /// A lease was denied: another is asked for after a pause.
  void denied(WorkerId from, Message.LeaseDenied denial) {
    TaskLease lease = leases.get(denial.lease());
    if (lease == null || !lease.worker.equals(from) || lease.inFlight > 0) {
      return;
    }
    drop(lease);
    Shape shape = lease.shape;
    shape.paused = true;
    context.at(context.now() + DENIED_PAUSE_NS, new Due.ShapeDue(shape));
  }

  /// The pause after a denial is over.
  void resume(Shape shape) {
    shape.paused = false;
    dispatchLater(shape);
  }

  private void drop(TaskLease lease) {
    leases.remove(lease.number);
    lease.shape.leases.remove(lease);
    lease.shape.everywhere = false;
  }

  /// A task in flight has come back.
  void landed(TaskLease lease, long durationNs) {
    lease.inFlight--;
    lease.blocked = Math.min(lease.blocked, lease.inFlight);
    Invariants.check(lease.inFlight >= 0, "%d tasks in flight under a lease", lease.inFlight);
    Shape shape = lease.shape;
    shape.averageNs =
        shape.averageNs < 0 ? durationNs : shape.averageNs + (durationNs - shape.averageNs) / 8;
    lease.lastUsedNs = context.now();
    if (!shape.ready.isEmpty()) {
      dispatchLater(shape);
    } else if (lease.inFlight == 0) {
      watch(lease);
    }
  }

  private void watch(TaskLease lease) {
    if (!lease.watched && !local(lease)) {
      lease.watched = true;
      context.at(context.now() + context.config.leaseIdleNs(), new Due.LeaseDue(lease));
    }
  }

  /// A lease may have been idle for long enough.
  void idle(TaskLease lease) {
    lease.watched = false;
    if (leases.get(lease.number) != lease) {
      return;
    }
    if (lease.inFlight > 0 || context.now() - lease.lastUsedNs < context.config.leaseIdleNs()) {
      watch(lease);
      return;
    }
    drop(lease);
    context.send(lease.worker, new Message.LeaseReturn(lease.number));
    dispatchLater(lease.shape);
  }

  /// A member has come.
  void followJoin(Member member) {
    if (!member.driver()) {
      offered.add(member.capacity());
      for (Shape shape : shapes.values()) {
        shape.everywhere = false;
        dispatchLater(shape);
      }
    }
  }

  /// A worker's death is followed: leases at it are gone.
  void followDeath(WorkerId dead) {
    for (TaskLease lease : leases.inOrder()) {
      if (lease.worker.equals(dead)) {
        drop(lease);
      }
    }
    for (Shape shape : List.copyOf(shapes.values())) {
      if (dead.equals(shape.key.only)) {
        List<TaskRecord> waiting = List.copyOf(new LinkedHashSet<>(shape.ready));
        shape.ready.clear();
        for (TaskRecord task : waiting) {
          if (task.state != TaskRecord.State.READY) {
            continue;
          }
          if (task.spec().terms().placement() instanceof Placement.OnWorker) {
            tasks.impossible(task, "may only run at " + dead.brief() + ", which died");
          } else {
            enqueue(task);
          }
        }
      }
      dispatchLater(shape);
    }
  }

  /// Tasks that wait for a place.
  int waiting() {
    return shapes.values().stream().mapToInt(shape -> new HashSet<>(shape.ready).size()).sum();
  }

  /// Leases held or asked for at other workers.
  int held() {
    return (int) leases.inOrder().stream().filter(lease -> !local(lease)).count();
  }
}
