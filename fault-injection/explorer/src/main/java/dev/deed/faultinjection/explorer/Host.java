package dev.deed.faultinjection.explorer;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CancelMode;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Effects;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.TaskOutcome;
import dev.deed.ownership.WorkerCore;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One worker, alive in this JVM: a real core, and all that surrounds it in its process. It is a
/// deterministic machine: the same events, in the same order, lead to the same state and orders.
final class Host implements Effects {
  /// Something that leaves the worker.
  sealed interface Order {
    /// A message goes out.
    record Send(int to, long era, Message message) implements Order {}

    /// A message of a record log goes out.
    record Replicate(int to, HeirMessage message) implements Order {}

    /// An entry is proposed to the membership log.
    record Propose(Entry entry) implements Order {}

    /// Nothing more is taken from this worker.
    record CloseLink(int peer) implements Order {}

    /// User code is told that the owner of what it asked for has died.
    record Orphaned(Reference reference) implements Order {}
  }

  /// A fetch that the core has ordered.
  record Fetching(CopyName copy, List<Integer> holders, boolean onItsWay) {}

  private static final String KEPT = "kept.";

  final WorkerCore core;
  final TreeMap<String, Program> programs = new TreeMap<>();

  /// Handles that no program uses any more: each may go at any moment.
  final TreeMap<String, Program.Held> garbage = new TreeMap<>();

  final TreeMap<Long, Fetching> fetches = new TreeMap<>();
  final TreeMap<String, CopyName> copies = new TreeMap<>();

  /// How often each value was stored here.
  private final TreeMap<Reference, Long> editions = new TreeMap<>();

  /// Executions that began here, by task.
  final TreeMap<String, Integer> begun = new TreeMap<>();

  /// Executions that began here of tasks without retries, by their results; where there are heirs.
  final TreeMap<Reference, Integer> once = new TreeMap<>(Comparator.comparing(Reference::toString));

  private final Cast cast;
  private final int index;
  private final List<Runnable> effects = new ArrayList<>();
  private final List<Order> orders = new ArrayList<>();
  private @Nullable String violation;
  private long nowNs;
  private int followed;
  private boolean roomGranted;
  private boolean gone;

  Host(Cast cast, int index) {
    this.cast = cast;
    this.index = index;
    this.core = new WorkerCore(cast.members.get(index), cast.config(index), this);
    cast.joins().forEach(this::follow);
    String main = cast.configuration.mains().get(cast.name(index));
    if (main != null) {
      Script script = cast.configuration.scripts().get(cast.configuration.script(main));
      TaskId root = Cast.root(index);
      Program program =
          new Program("main", root, script, null, 0, 0, cast.estate(index), cast.estate(index));
      program.phase = Program.Phase.READY;
      programs.put(program.name, program);
    }
  }

  // --- what can be seen -------------------------------------------------------------------------

  /// Entries of the membership log that it has followed.
  int followed() {
    return followed;
  }

  /// Whether it has followed its own death.
  boolean gone() {
    return gone;
  }

  /// Whether it has followed its own join: user code begins after it.
  boolean isMember() {
    return core.view().log().lives(cast.id(index));
  }

  /// Whether its estates are ever kept by heirs.
  boolean hasHeirs() {
    return cast.configuration.heirs().wanted();
  }

  /// The estates of all workers.
  List<EstateId> allEstates() {
    return cast.members.stream().map(member -> new EstateId(member.id())).toList();
  }

  boolean somethingIsDue() {
    return core.nextDueNs() <= nowNs;
  }

  boolean somethingWillBeDue() {
    return core.nextDueNs() != Long.MAX_VALUE;
  }

  /// What is wrong, when the last event has shown that.
  @Nullable String violation() {
    return violation;
  }

  /// What has left the worker since the last time this was asked.
  List<Order> takeOrders() {
    List<Order> taken = List.copyOf(orders);
    orders.clear();
    return taken;
  }

  /// Everything that its future depends on.
  Digest digest(ClassShapes shapes, Lenses lenses) {
    CanonicalDump dump = new CanonicalDump(shapes, lenses, nowNs);
    dump.number(index);
    dump.number(followed);
    dump.number(gone ? 1 : 0);
    if (!gone) {
      dump.value(core);
      dump.number(programs.size());
      programs.values().forEach(program -> program.write(dump));
      dump.number(garbage.size());
      garbage.forEach((name, held) -> {
        dump.value(name);
        dump.value(held);
      });
      dump.number(fetches.size());
      fetches.forEach((number, fetch) -> {
        dump.number(number);
        dump.value(fetch);
      });
      dump.number(copies.size());
      copies.values().forEach(dump::value);
      dump.number(editions.size());
      editions.forEach((reference, edition) -> {
        dump.value(reference);
        dump.number(edition);
      });
      dump.number(begun.size());
      begun.forEach((task, count) -> {
        dump.value(task);
        dump.number(count);
      });
      dump.number(once.size());
      once.forEach((result, count) -> {
        dump.value(result);
        dump.number(count);
      });
    }
    return dump.digest();
  }

  // --- events -----------------------------------------------------------------------------------

  void apply(LocalEvent event) {
    violation = null;
    switch (event) {
      case LocalEvent.Deliver(Letter letter) ->
          tell(new Event.Arrived(cast.id(letter.from()), letter.era(), letter.message()));
      case LocalEvent.Replicate(HeirLetter letter) ->
          tell(new Event.Replicated(cast.id(letter.from()), letter.message()));
      case LocalEvent.Follow(_, Entry entry) -> follow(entry);
      case LocalEvent.Act(String program) -> act(present(programs.get(program), program));
      case LocalEvent.Stop(String program) -> stop(present(programs.get(program), program));
      case LocalEvent.Collect(String handle) -> {
        Program.Held held = present(garbage.remove(handle), handle);
        tell(new Event.HandleDropped(held.reference(), held.handle()));
      }
      case LocalEvent.Tick _ -> tell(new Event.Tick());
      case LocalEvent.Wait _ -> {
        nowNs = core.nextDueNs();
        tell(new Event.Tick());
      }
      case LocalEvent.Leave(long number) -> {
        Fetching fetch = present(fetches.get(number), "fetch");
        fetches.put(number, new Fetching(fetch.copy(), fetch.holders(), true));
      }
      case LocalEvent.Fetched(long number, boolean ok) -> {
        Fetching fetch = present(fetches.remove(number), "fetch");
        if (ok) {
          copies.put(fetch.copy().toString(), fetch.copy());
        }
        tell(new Event.Fetched(number, ok));
      }
    }
  }

  private static <T> T present(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException("there is no " + what);
    }
    return value;
  }

  private void follow(Entry entry) {
    followed++;
    tell(new Event.EntryFollowed(followed, entry));
    if (entry instanceof Entry.Death(WorkerId dead, _, _) && dead.equals(cast.id(index))) {
      gone = true;
    }
  }

  private void tell(Event event) {
    try {
      core.on(nowNs, event);
      core.endOfBatch();
    } catch (RuntimeException e) {
      broken("core", cast.name(index) + " failed at " + event + ": " + e);
    }
    List<Runnable> ordered = List.copyOf(effects);
    effects.clear();
    ordered.forEach(Runnable::run);
  }

  private void broken(String invariant, String what) {
    if (violation == null) {
      violation = invariant + ": " + what;
    }
  }

  // --- user code --------------------------------------------------------------------------------

  /// Lets a program go on until it has told its core something.
  private void act(Program program) {
    while (programs.get(program.name) == program) {
      switch (program.phase) {
        case HANDED_OVER -> {
          begun.merge(cast.name(program.task), 1, Integer::sum);
          countIfOnce(program);
          program.phase = Program.Phase.READY;
          List<Program.Held> given = program.given();
          if (!given.isEmpty()) {
            added(given);
            return;
          }
        }
        case READY -> {
          if (next(program)) {
            return;
          }
        }
        case ASKING -> throw new IllegalStateException(program.name + " waits for an answer");
        case ANSWERED -> {
          if (read(program)) {
            return;
          }
        }
        case READING -> {
          goOn(program);
          tell(new Event.ReadDone(program.number("?" + (program.position - 1))));
          return;
        }
      }
    }
  }

  private void countIfOnce(Program program) {
    if (hasHeirs() && program.spec != null && program.spec.terms().retries() == 0) {
      once.merge(new Reference(program.task.result(0), program.estate), 1, Integer::sum);
    }
  }

  private void added(List<Program.Held> held) {
    tell(
        new Event.HandlesAdded(
            held.stream().map(Program.Held::reference).toList(),
            held.stream().mapToLong(Program.Held::handle).toArray()));
  }

  private void goOn(Program program) {
    program.answer = null;
    program.phase = Program.Phase.READY;
    program.position++;
  }

  /// The next action; whether the core was told something.
  private boolean next(Program program) {
    Action action = program.next();
    if (action == null) {
      end(program, returned(program, false, List.of()));
      return !program.isMain();
    }
    switch (action) {
      case Action.Put put -> {
        put(program, put);
        program.position++;
      }
      case Action.Submit submit -> {
        submit(program, submit);
        program.position++;
      }
      case Action.Get(String from, _) -> {
        program.phase = Program.Phase.ASKING;
        tell(new Event.Get(program.number("?" + program.position), program.reference(from)));
      }
      case Action.Drop(String name) -> {
        Program.Held held = present(program.variables.remove(name), name);
        program.position++;
        tell(new Event.HandleDropped(held.reference(), held.handle()));
      }
      case Action.Keep(String name, String variable) -> {
        garbage.put(KEPT + variable, present(program.variables.remove(name), name));
        program.position++;
        return false;
      }
      case Action.Take(String variable, String into) -> {
        Program.Held kept = garbage.remove(KEPT + variable);
        program.position++;
        if (kept == null) {
          program.position = program.script.actions().size();
        } else {
          program.variables.put(into, kept);
        }
        return false;
      }
      case Action.Cancel(String name) -> {
        program.position++;
        tell(new Event.Cancel(program.reference(name), CancelMode.INTERRUPT, true));
      }
      case Action.Return(boolean large, List<String> inside) ->
          end(program, returned(program, large, program.references(inside)));
    }
    return true;
  }

  private void put(Program program, Action.Put put) {
    ObjectId object = program.task.put(0, program.puts++).result(0);
    List<Reference> inside = program.references(put.inside());
    Program.Held held = program.hold(put.into(), new Reference(object, program.home));
    Outcome outcome =
        put.large()
            ? stored(held.reference(), inside)
            : new Outcome.Inline(Cast.small(object, inside));
    tell(
        new Event.Put(
            object,
            program.task,
            outcome,
            held.handle(),
            new TaskSpec.Origin(put.into(), ""),
            program.home,
            1));
  }

  private Outcome stored(Reference reference, List<Reference> inside) {
    roomGranted = false;
    tell(new Event.Reserve(1, Cast.LARGE_BYTES));
    if (!roomGranted) {
      throw new IllegalStateException("a configuration's stores are large enough for all of it");
    }
    long digest = Cast.digest(reference.object());
    long edition = editions.merge(reference, 1L, Long::sum);
    StoredValue value = new StoredValue(edition, cast.id(index), Cast.LARGE_BYTES, digest, inside);
    CopyName copy = CopyName.of(reference, value);
    copies.put(copy.toString(), copy);
    return new Outcome.Stored(value, List.of());
  }

  private void submit(Program program, Action.Submit submit) {
    TaskId id = program.task.call(0, program.calls++);
    int script = cast.configuration.script(submit.script());
    Placement placement =
        submit.at().isEmpty()
            ? new Placement.Anywhere()
            : new Placement.OnWorker(cast.id(cast.configuration.worker(submit.at())));
    List<Argument> arguments = new ArrayList<>();
    program.references(submit.joined()).forEach(r -> arguments.add(new Argument.Pending(r)));
    TaskSpec spec =
        new TaskSpec(
            id,
            0,
            program.task,
            Payload.of(new byte[] {(byte) script}),
            program.references(submit.captured()),
            List.copyOf(arguments),
            1,
            new TaskSpec.Terms(Demand.ONE_CPU, submit.retries(), List.of(), 0, placement),
            new TaskSpec.Origin(cast.name(id), ""));
    Program.Held held = program.hold(submit.into(), new Reference(spec.result(0), program.home));
    tell(new Event.Submit(spec, new long[] {held.handle()}, program.home));
  }

  /// The answer to a get is looked at; whether the core was told something.
  private boolean read(Program program) {
    Outcome answer = present(program.answer, "answer");
    if (!(program.next() instanceof Action.Get(_, List<String> into))) {
      throw new IllegalStateException(program.name + " has not asked");
    }
    List<Reference> inside =
        switch (answer) {
          case Outcome.Inline(Value value) -> value.references();
          case Outcome.Stored(StoredValue value, _) -> value.references();
          case Outcome.Failed(Failure failure) -> {
            // The exception ends the code.
            program.answer = null;
            end(program, new TaskOutcome.Threw(failure.ofArgument("a read failed"), false));
            yield List.of();
          }
        };
    if (answer instanceof Outcome.Failed) {
      return !program.isMain();
    }
    if (inside.isEmpty() && answer instanceof Outcome.Inline) {
      goOn(program);
      return false;
    }
    List<Program.Held> found = new ArrayList<>();
    for (int i = 0; i < Math.min(into.size(), inside.size()); i++) {
      found.add(program.hold(into.get(i), inside.get(i)));
    }
    program.phase = Program.Phase.READING;
    if (found.isEmpty()) {
      return false;
    }
    added(found);
    return true;
  }

  private TaskOutcome returned(Program program, boolean large, List<Reference> inside) {
    ObjectId object = program.task.result(0);
    Reference reference = new Reference(object, program.estate);
    return new TaskOutcome.Returned(
        List.of(
            large ? stored(reference, inside) : new Outcome.Inline(Cast.small(object, inside))));
  }

  /// What it still holds goes at any moment from now on.
  private void end(Program program, TaskOutcome outcome) {
    programs.remove(program.name);
    program.variables.forEach((variable, held) -> garbage.put(program.name + "." + variable, held));
    if (!program.isMain()) {
      tell(new Event.Finished(program.execution, outcome, 0));
    }
  }

  /// The code of a cancelled execution ends, or does not begin.
  private void stop(Program program) {
    long request = program.number("?" + program.position);
    Program.Phase reached = program.phase;
    program.phase = Program.Phase.READY;
    switch (reached) {
      case ASKING -> tell(new Event.GetAbandoned(request));
      case ANSWERED, READING -> tell(new Event.ReadDone(request));
      case HANDED_OVER, READY -> {}
    }
    end(program, new TaskOutcome.Cancelled());
  }

  // --- effects ----------------------------------------------------------------------------------

  @Override
  public void send(WorkerId to, long era, Message message) {
    effects.add(() -> {
      orders.add(new Order.Send(cast.worker(to), era, message));
      if (message instanceof Message.TaskPush push) {
        checkPush(to, push.estate(), push.spec().id());
      }
    });
  }

  /// Invariant 1: the owner's record names the worker that a task goes to.
  private void checkPush(WorkerId to, EstateId estate, TaskId task) {
    var record = core.view().task(estate, task);
    if (record == null || !to.equals(record.executor())) {
      broken(
          "1 push",
          cast.name(index) + " pushes " + cast.name(task) + " to " + cast.name(to) + " unrecorded");
    }
  }

  @Override
  public void replicate(WorkerId to, HeirMessage message) {
    effects.add(() -> orders.add(new Order.Replicate(cast.worker(to), message)));
  }

  @Override
  public void propose(Entry entry) {
    effects.add(() -> orders.add(new Order.Propose(entry)));
  }

  @Override
  public void closeLink(WorkerId peer) {
    effects.add(() -> orders.add(new Order.CloseLink(cast.worker(peer))));
  }

  @Override
  public void run(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home) {
    effects.add(() -> {
      Script script = cast.configuration.scripts().get(spec.function().bytes()[0]);
      String name = unused(cast.name(spec.id()));
      programs.put(
          name, new Program(name, spec.id(), script, spec, execution, attempt, estate, home));
      for (Argument argument : spec.arguments()) {
        if (argument instanceof Argument.Inline(Reference reference, Value value)
            && !Cast.isRight(value, reference.object())) {
          broken("5 right value", cast.name(index) + " runs " + name + " with another value");
        }
      }
    });
  }

  /// An execution that was given up may still run when the next one comes.
  private String unused(String wanted) {
    String name = wanted;
    for (int i = 2; programs.containsKey(name) || leaves(name); i++) {
      name = wanted + "'" + i;
    }
    return name;
  }

  private boolean leaves(String program) {
    String next = garbage.ceilingKey(program + ".");
    return next != null && next.startsWith(program + ".");
  }

  @Override
  public void cancel(long execution, CancelMode mode) {
    effects.add(() -> {
      for (Program program : programs.values()) {
        if (!program.isMain() && program.execution == execution) {
          program.unwanted = true;
        }
      }
    });
  }

  @Override
  public void got(long request, Reference reference, Outcome outcome) {
    effects.add(() -> {
      for (Program program : programs.values()) {
        if (program.phase == Program.Phase.ASKING
            && program.number("?" + program.position) == request) {
          program.phase = Program.Phase.ANSWERED;
          program.answer = outcome;
          checkAnswer(reference, outcome);
        }
      }
    });
  }

  /// Invariant 5: the value is right, or the error true. An error needs a death that this worker
  /// has followed, or a cancel.
  private void checkAnswer(Reference reference, Outcome outcome) {
    String who = cast.name(index) + " is given ";
    switch (outcome) {
      case Outcome.Inline(Value value) -> {
        if (!Cast.isRight(value, reference.object())) {
          broken("5 right value", who + "another value for " + cast.name(reference));
        }
      }
      case Outcome.Stored(StoredValue value, _) -> {
        if (!copies.containsKey(CopyName.of(reference, value).toString())) {
          broken("5 right value", who + cast.name(reference) + ", of which it has no copy");
        }
      }
      case Outcome.Failed(Failure failure) -> {
        boolean ownerDied = failure.kind() == Failure.Kind.OWNER_DIED;
        boolean cancelled = failure.kind() == Failure.Kind.TASK_CANCELLED;
        boolean none = core.view().log().lastDeath() == 0;
        boolean heirs = cast.configuration.heirs().wanted();
        if (none && !cancelled) {
          broken("5 true error", who + failure.kind() + " without a death");
        } else if (ownerDied && failure.cause() == null && !closed(reference)) {
          if (heirs) {
            orders.add(new Order.Orphaned(reference));
          } else {
            broken("5 true error", who + failure + ", but the owner lives");
          }
        }
      }
    }
  }

  private boolean closed(Reference reference) {
    return core.view().log().closed(reference.estate());
  }

  @Override
  public void awaited(long request, int[] done) {
    throw new IllegalStateException("no script waits");
  }

  @Override
  public void reserved(long request, boolean granted) {
    effects.add(() -> roomGranted = granted);
  }

  @Override
  public void fetch(long fetch, CopyName copy, long size, long digest, List<WorkerId> holders) {
    effects.add(() ->
        fetches.put(fetch, new Fetching(copy, holders.stream().map(cast::worker).toList(), false)));
  }

  @Override
  public void delete(CopyName copy) {
    effects.add(() -> {
      copies.remove(copy.toString());
      fetches.values().removeIf(fetch -> fetch.copy().equals(copy));
      for (Program program : programs.values()) {
        if (program.phase == Program.Phase.READING
            && program.answer instanceof Outcome.Stored(StoredValue value, _)
            && program.next() instanceof Action.Get(String from, _)
            && program.variables.containsKey(from)
            && copy.equals(CopyName.of(program.reference(from), value))) {
          broken("3 early free", cast.name(index) + " deletes " + copy + " while it is read");
        }
      }
    });
  }

  @Override
  public void report(Report report) {
    effects.add(() -> {
      if (report.kind() == Report.Kind.PROTOCOL_VIOLATION) {
        broken("protocol", cast.name(index) + " reports: " + report.text());
      }
    });
  }
}
