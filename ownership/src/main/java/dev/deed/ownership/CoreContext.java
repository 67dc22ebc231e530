package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/// What the parts of one core share: who they are, the time, the membership log, the way out, and
/// the work that one event leaves to be done before the next.
final class CoreContext {
  /// Something to be done at a time.
  private record Timed(long dueNs, long order, Due due) {}

  private static final Consumer<Runnable> RUN = Runnable::run;

  final Member self;
  final WorkerId id;
  final Estates estates;
  final CoreConfig config;
  final Effects effects;
  final Gate gate;
  final MembershipLog log = new MembershipLog();

  private final PriorityQueue<Timed> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timed::dueNs).thenComparingLong(Timed::order));

  /// What is left to do, each piece of work with its subject behind it: two entries cost less than
  /// an object for the pair, and there are several pieces for each task.
  private final ArrayDeque<Object> later = new ArrayDeque<>();

  private long nowNs;
  private long numbers;
  private long records;
  private long draws;
  private long timed;

  CoreContext(Member self, CoreConfig config, Effects effects) {
    this.self = self;
    this.id = self.id();
    this.config = config;
    this.effects = effects;
    this.gate = new Gate(this);
    this.estates =
        new Estates(new Estate(new EstateId(self.id()), EstateDirectory.FIRST_EPOCH, this));
  }

  void now(long ns) {
    nowNs = Math.max(nowNs, ns);
  }

  long now() {
    return nowNs;
  }

  /// Whether this worker serves the reference's estate.
  boolean serves(Reference reference) {
    return estates.serve(reference);
  }

  /// A number that this worker has not given before; never 0.
  long nextNumber() {
    return ++numbers;
  }

  /// The number of a new record; never 0.
  long nextRecord() {
    return ++records;
  }

  /// A drawn number below `bound`.
  int draw(int bound) {
    return (int) Long.remainderUnsigned(Mixing.mix(config.seed(), ++draws), bound);
  }

  void send(WorkerId to, Message message) {
    Invariants.check(!to.equals(id), "a message to oneself: %s", message);
    if (log.dead(to)) {
      return;
    }
    long era = log.followed();
    if (!gate.holdsOutput()) {
      effects.send(to, era, message);
      return;
    }
    gate.after(() -> {
      if (!log.dead(to)) {
        effects.send(to, era, message);
      }
    });
  }

  /// Sends at once, also in `SYNC`: the heirs know all that it follows from.
  void sendNow(WorkerId to, Message message) {
    Invariants.check(!to.equals(id), "a message to oneself: %s", message);
    if (!log.dead(to)) {
      effects.send(to, log.followed(), message);
    }
  }

  /// Answers a get of user code.
  void got(long request, Reference reference, Outcome outcome) {
    if (gate.holdsOutput()) {
      gate.after(() -> effects.got(request, reference, outcome));
    } else {
      effects.got(request, reference, outcome);
    }
  }

  /// Answers a wait of user code.
  void awaited(long request, int[] done) {
    if (gate.holdsOutput()) {
      gate.after(() -> effects.awaited(request, done));
    } else {
      effects.awaited(request, done);
    }
  }

  void report(Effects.Report.Kind kind, String text) {
    effects.report(new Effects.Report(kind, text));
  }

  /// Does `work` on `subject` after the present step: long chains must not become deep recursion.
  /// Where that is frequent, `work` should be one object for all subjects.
  <T> void later(Consumer<? super T> work, T subject) {
    later.add(work);
    later.add(subject);
  }

  /// Does `work` after the present step.
  void later(Runnable work) {
    later(RUN, work);
  }

  /// Does all that steps have left, and what that leaves; false if there was nothing.
  boolean finish() {
    boolean any = !later.isEmpty();
    Object work;
    while ((work = later.poll()) != null) {
      @SuppressWarnings("unchecked") // of the type of its subject, as later() had them
      Consumer<Object> typed = (Consumer<Object>) work;
      typed.accept(Invariants.present(later.poll(), "subject of the work that is left"));
    }
    return any;
  }

  void at(long dueNs, Due due) {
    timers.add(new Timed(dueNs, ++timed, due));
  }

  /// Takes the next thing that is due now, or null.
  @org.jspecify.annotations.Nullable
  Due takeDue() {
    Timed next = timers.peek();
    if (next == null || next.dueNs > nowNs) {
      return null;
    }
    timers.poll();
    return next.due;
  }

  long nextDueNs() {
    Timed next = timers.peek();
    return next == null ? Long.MAX_VALUE : next.dueNs;
  }
}
