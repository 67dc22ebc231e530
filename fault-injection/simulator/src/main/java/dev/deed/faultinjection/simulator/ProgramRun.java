package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.faultinjection.simulator.Executor.Job;
import dev.deed.faultinjection.simulator.Node.Held;
import dev.deed.lineage.Argument;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.Value;
import dev.deed.ownership.CancelMode;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Event;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.TaskOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One execution of a script, as a user's thread with the runtime around it would do it: it publishes
/// the events that the runtime would publish, in the same order.
final class ProgramRun {
  /*
   * State: the step that comes next; variables; at most one question to the core (a get, a wait, or a
   * reservation) whose answer is waited for.  A continuation that was scheduled before a cancel is
   * told by its number.
   */
  private static final long SPIN_NS = 5_000;

  private final Node node;
  private final World world;
  private final @Nullable Job job;
  private final TaskId task;
  private final int run;
  private final Script script;
  private final Dice dice;
  private final TreeMap<String, Held> variables = new TreeMap<>();
  private final List<CopyName> openedCopies = new ArrayList<>();
  private final long begunNs;
  private int position;
  private long calls;
  private long puts;
  private long question;
  private @Nullable Step asked;
  private List<Held> askedHandles = List.of();
  private @Nullable Runnable whenReserved;
  private long reservingBytes;
  private long reservedBytes;
  private long continuation;
  private boolean blocked;
  private boolean cooperativelyCancelled;
  private boolean ended;
  private final boolean open;
  private boolean idle;
  private final Map<String, Outcome> answers = new HashMap<>();

  private ProgramRun(
      Node node, @Nullable Job job, TaskId task, int run, Script script, boolean open) {
    this.open = open;
    this.node = node;
    this.world = node.world;
    this.job = job;
    this.task = task;
    this.run = run;
    this.script = script;
    this.begunNs = world.nowNs;
    this.dice = world.draws.dice(Purpose.PROGRAM, task.low() + (job == null ? 0 : job.attempt()));
  }

  /// An execution that the core ordered.
  static ProgramRun ofTask(Node node, Job job) {
    TaskSpec spec = job.spec();
    Script script = node.world.plan.scripts().get(Script.indexOf(spec.function()));
    return new ProgramRun(node, job, spec.id(), spec.run(), script, false);
  }

  /// A main program: a root task without an execution.
  static ProgramRun main(Node node, TaskId root, Script script) {
    return new ProgramRun(node, null, root, 0, script, false);
  }

  /// A main program to which steps are added by hand, see [#does]; it ends with [#close].
  static ProgramRun byHand(Node node, TaskId root) {
    ProgramRun program =
        new ProgramRun(node, null, root, 0, new Script("main", new ArrayList<>()), true);
    program.idle = true;
    return program;
  }

  /// Adds a step to a program that is written by hand, and does it as soon as the ones before are done.
  void does(Step step) {
    script.steps().add(step);
    if (idle) {
      idle = false;
      proceed();
    }
  }

  /// Whether all steps that were added by hand are done.
  boolean idle() {
    return idle;
  }

  /// What the last get of this variable gave.
  Optional<Outcome> answer(String name) {
    return Optional.ofNullable(answers.get(name));
  }

  /// The reference that a variable holds.
  Optional<Reference> reference(String name) {
    return Optional.ofNullable(variables.get(name)).map(Held::reference);
  }

  /// The end of a program that is written by hand.
  void close() {
    end(new TaskOutcome.Returned(List.of()));
  }

  /// Decodes arguments and captured values, and goes.
  void begin() {
    if (job != null) {
      TaskSpec spec = job.spec();
      for (int i = 0; i < spec.arguments().size(); i++) {
        bindAll("a" + i + ".", decodeArgument(spec.arguments().get(i)));
      }
      bindAll("c", spec.captured());
    }
    proceed();
  }

  private List<Reference> decodeArgument(Argument argument) {
    ObjectId object = argument.reference().object();
    return switch (argument) {
      case Argument.Pending _ ->
          throw new ViolationException("core", node + " runs " + task + " with an open argument");
      case Argument.Inline(_, Value value) -> {
        world.checks.read(node, argument.reference(), Values.digestOf(value), value.references());
        yield value.references();
      }
      case Argument.Stored(Reference reference, StoredValue value, _) -> {
        CopyName name = CopyName.of(reference, value);
        Optional<Store.Copy> copy = node.store.copy(name);
        if (copy.isEmpty()) {
          throw new ViolationException(
              "core", node + " runs " + task + " without a copy of its argument " + object);
        }
        open(name);
        world.checks.read(node, reference, copy.get().digest(), value.references());
        yield value.references();
      }
    };
  }

  private void open(CopyName name) {
    node.store.opened(name);
    openedCopies.add(name);
  }

  private void close(CopyName name) {
    node.store.closed(name);
    openedCopies.remove(name);
  }

  private void bindAll(String prefix, List<Reference> references) {
    if (references.isEmpty()) {
      return;
    }
    long[] handles = new long[references.size()];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = node.newHandle(references.get(i));
      bind(prefix + i, new Held(references.get(i), handles[i]));
    }
    node.publish(new Event.HandlesAdded(references, handles));
  }

  private void bind(String name, Held held) {
    Held earlier = variables.put(name, held);
    if (earlier != null) {
      node.drop(earlier);
    }
  }

  private void later(long delayNs, Runnable action) {
    long mine = ++continuation;
    node.after(
        delayNs,
        () -> {
          if (mine == continuation && !ended) {
            action.run();
          }
        });
  }

  private void proceed() {
    while (!ended) {
      if (cooperativelyCancelled && dice.chance(600)) {
        end(new TaskOutcome.Cancelled());
        return;
      }
      if (position >= script.steps().size()) {
        if (open) {
          idle = true;
          return;
        }
        finish(Values.SMALLEST, List.of());
        return;
      }
      if (!carryOut(script.steps().get(position++))) {
        return;
      }
    }
  }

  /// Does one step; tells whether the next one may follow at once.
  private boolean carryOut(Step step) {
    world.trace.step(node, task, step);
    return switch (step) {
      case Step.Compute(long ns) -> {
        later(ns, this::proceed);
        yield false;
      }
      case Step.Submit submit -> submit(submit);
      case Step.Get(String from, _, _, _) -> {
        Held held = variables.get(from);
        yield held == null || get(step, held.reference());
      }
      case Step.Await await -> await(await);
      case Step.Put put -> put(put);
      case Step.Copy(String from, String into) -> {
        copy(variables.get(from)).ifPresent(held -> bind(into, held));
        yield true;
      }
      case Step.Drop(String name) -> {
        Held held = variables.remove(name);
        if (held != null) {
          node.drop(held);
        }
        yield true;
      }
      case Step.Keep(String name, String variable) -> {
        copy(variables.get(name)).ifPresent(held -> keep(variable, held));
        yield true;
      }
      case Step.DropKept(String variable) -> {
        Held held = node.kept.remove(variable);
        if (held != null) {
          node.drop(held);
        }
        yield true;
      }
      case Step.TakeKept(String variable, String into) -> {
        copy(node.kept.get(variable)).ifPresent(held -> bind(into, held));
        yield true;
      }
      case Step.Cancel(String name, boolean recursive) -> {
        Held held = variables.get(name);
        if (held != null) {
          world.ledger.cancelAsked(held.reference());
          CancelMode mode = dice.chance(500) ? CancelMode.INTERRUPT : CancelMode.COOPERATIVE;
          node.publish(new Event.Cancel(held.reference(), mode, recursive));
        }
        yield true;
      }
      case Step.Throw(boolean retriable) -> {
        fail(Failure.of(Failure.Kind.TASK_FAILED, script.name() + " threw"), retriable);
        yield false;
      }
      case Step.ThrowBefore(int first) -> {
        if (run < first) {
          fail(Failure.of(Failure.Kind.TASK_FAILED, script.name() + " threw in run " + run), true);
          yield false;
        }
        yield true;
      }
      case Step.Vary _ -> true;
      case Step.Pass(String gate) -> {
        boolean passes = world.gates.isOpen(gate);
        if (!passes) {
          long mine = ++continuation;
          world.gates.wait(
              gate,
              () -> {
                if (mine == continuation && !ended) {
                  later(1_000, this::proceed);
                }
              });
        }
        yield passes;
      }
      case Step.Return(long size, List<String> inside) -> {
        finish(size, held(inside));
        yield false;
      }
    };
  }

  private Optional<Held> copy(@Nullable Held held) {
    if (held == null) {
      return Optional.empty();
    }
    Reference reference = held.reference();
    long handle = node.newHandle(reference);
    node.publish(new Event.HandlesAdded(List.of(reference), new long[] {handle}));
    return Optional.of(new Held(reference, handle));
  }

  private void keep(String variable, Held held) {
    if (world.closing()) {
      node.drop(held);
      return;
    }
    Held earlier = node.kept.put(variable, held);
    if (earlier != null) {
      node.drop(earlier);
    }
  }

  private List<Held> held(List<String> names) {
    List<Held> found = new ArrayList<>(names.size());
    for (String name : names) {
      Held held = variables.get(name);
      if (held != null) {
        found.add(held);
      }
    }
    return found;
  }

  private static List<Reference> references(List<Held> handles) {
    return handles.stream().map(Held::reference).toList();
  }

  private boolean submit(Step.Submit step) {
    List<Argument> arguments = new ArrayList<>();
    references(held(step.arguments())).forEach(r -> arguments.add(new Argument.Pending(r)));
    Script callee = world.plan.scripts().get(step.script());
    TaskSpec spec =
        new TaskSpec(
            task.call(run, calls++),
            0,
            task,
            Script.function(step.script()),
            references(held(step.captured())),
            arguments,
            step.returns(),
            step.terms(),
            new TaskSpec.Origin(callee.name(), script.name() + ":" + position));
    world.ledger.submitted(spec, node.estate, callee);
    world.trace.named(spec.id(), task, callee.name() + "#" + (calls - 1));
    long[] handles = new long[step.returns()];
    for (int i = 0; i < handles.length; i++) {
      Reference reference = new Reference(spec.result(i), node.estate);
      handles[i] = node.newHandle(reference);
      bind(i == 0 ? step.into() : step.into() + "." + i, new Held(reference, handles[i]));
    }
    node.publish(new Event.Submit(spec, handles));
    return true;
  }

  // --- questions to the core --------------------------------------------------------------------

  private void ask(long request, @Nullable Step step) {
    question = request;
    asked = step;
    node.questions.put(request, this);
    if (job != null && step != null) {
      node.after(SPIN_NS, () -> block(request));
    }
  }

  private void block(long request) {
    if (question == request && !blocked && !ended && job != null) {
      blocked = true;
      node.publish(new Event.Blocked(job.execution()));
      node.executor.blocked(job, true);
    }
  }

  private void unblock() {
    question = 0;
    if (blocked && job != null) {
      blocked = false;
      node.publish(new Event.Unblocked(job.execution()));
      node.executor.blocked(job, false);
    }
  }

  private boolean get(Step step, Reference reference) {
    long request = node.newRequest();
    ask(request, step);
    world.checks.asked(node, request, reference);
    node.publish(new Event.Get(request, reference));
    if (step instanceof Step.Get(_, _, _, long timeoutNs) && timeoutNs > 0) {
      node.after(timeoutNs, () -> giveUp(request));
    }
    return false;
  }

  private void giveUp(long request) {
    if (question == request && node.questions.containsKey(request) && !ended) {
      unblock();
      node.publish(new Event.GetAbandoned(request));
      proceed();
    }
  }

  /// The core has answered a get.
  void got(long request, Reference reference, Outcome outcome) {
    if (request != question || !(asked instanceof Step.Get(String from, List<String> into, boolean tolerant, _))) {
      node.publish(new Event.ReadDone(request));
      return;
    }
    if (outcome instanceof Outcome.Stored(StoredValue value, _)) {
      open(CopyName.of(reference, value));
    }
    later(
        dice.between(1_000, 40_000),
        () -> {
          unblock();
          answers.put(from, outcome);
          List<Reference> inside = decode(reference, outcome);
          bindRead(inside, into, request);
          if (outcome instanceof Outcome.Stored(StoredValue value, _)) {
            close(CopyName.of(reference, value));
          }
          node.publish(new Event.ReadDone(request));
          if (outcome instanceof Outcome.Failed(Failure failure) && !tolerant && job != null) {
            fail(failure.through(Failure.Kind.TASK_FAILED, script.name() + " rethrew"), false);
          } else {
            proceed();
          }
        });
  }

  private List<Reference> decode(Reference reference, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Inline(Value value) -> {
        world.checks.read(node, reference, Values.digestOf(value), value.references());
        yield value.references();
      }
      case Outcome.Stored(StoredValue value, _) -> {
        Optional<Store.Copy> copy = node.store.copy(CopyName.of(reference, value));
        if (copy.isEmpty()) {
          throw new ViolationException(
              "core", node + " was given " + reference + " and has no copy of it");
        }
        world.checks.read(node, reference, copy.get().digest(), value.references());
        yield value.references();
      }
      case Outcome.Failed _ -> List.of();
    };
  }

  private void bindRead(List<Reference> inside, List<String> into, long request) {
    if (inside.isEmpty()) {
      return;
    }
    if (!inside.getFirst().estate().equals(node.estate)) {
      world.marks.hit(Marks.Mark.NESTED_READ);
    }
    long[] handles = new long[inside.size()];
    List<Held> unwanted = new ArrayList<>();
    for (int i = 0; i < handles.length; i++) {
      handles[i] = node.newHandle(inside.get(i));
      Held held = new Held(inside.get(i), handles[i]);
      if (i < into.size()) {
        bind(into.get(i), held);
      } else {
        unwanted.add(held);
      }
    }
    node.publish(new Event.HandlesAdded(inside, handles));
    unwanted.forEach(node::drop);
  }

  private boolean await(Step.Await step) {
    List<Held> targets = held(step.of());
    int count = Math.min(step.count(), targets.size());
    if (count == 0) {
      return true;
    }
    long request = node.newRequest();
    askedHandles = targets;
    ask(request, step);
    if (step.timeoutNs() > 0) {
      node.after(
          step.timeoutNs(),
          () -> {
            if (question == request) {
              node.publish(new Event.AwaitEnded(request));
            }
          });
    }
    node.publish(new Event.Await(request, references(targets), count));
    return false;
  }

  /// The core has answered a wait.
  void awaited(long request, int[] done) {
    if (request != question || !(asked instanceof Step.Await step)) {
      return;
    }
    world.checks.awaited(node, references(askedHandles), step, done);
    later(
        2_000,
        () -> {
          unblock();
          proceed();
        });
  }

  private void reserve(long bytes, Runnable then) {
    long request = node.newRequest();
    reservingBytes = bytes;
    whenReserved = then;
    ask(request, null);
    node.publish(new Event.Reserve(request, bytes));
  }

  /// The core has answered a reservation.
  void reserved(boolean granted) {
    question = 0;
    Runnable then = whenReserved;
    whenReserved = null;
    if (ended || then == null) {
      if (granted) {
        node.publish(new Event.ReserveReturned(reservingBytes));
      }
      return;
    }
    reservedBytes = granted ? reservingBytes : 0;
    later(1_000 + reservedBytes / 4, then);
  }

  /// Writes a value into the room that was reserved for it.
  private void write(Reference reference, StoredValue value) {
    reservedBytes = 0;
    node.store.write(reference, value);
  }

  private boolean put(Step.Put step) {
    ObjectId object = task.put(run, puts++).result(0);
    Reference reference = new Reference(object, node.estate);
    world.trace.named(object.task(), task, "put#" + (puts - 1));
    List<Held> inside = held(step.inside());
    world.ledger.put(reference, step.size() > node.config.inlineLimitBytes(), node);
    if (step.size() <= node.config.inlineLimitBytes()) {
      Value value = Values.inline(Values.digest(object), step.size(), references(inside));
      publishPut(step, reference, new Outcome.Inline(value));
      return true;
    }
    reserve(
        step.size(),
        () -> {
          if (reservedBytes > 0) {
            StoredValue value =
                new StoredValue(
                    0, node.id, step.size(), Values.digest(object), references(inside));
            write(reference, value);
            publishPut(step, reference, new Outcome.Stored(value, List.of()));
          }
          proceed();
        });
    return false;
  }

  private void publishPut(Step.Put step, Reference reference, Outcome outcome) {
    long handle = node.newHandle(reference);
    bind(step.into(), new Held(reference, handle));
    node.publish(
        new Event.Put(
            reference.object(),
            outcome,
            handle,
            new TaskSpec.Origin("put", script.name() + ":" + position)));
  }

  // --- the end ----------------------------------------------------------------------------------

  private void fail(Failure failure, boolean retriable) {
    end(new TaskOutcome.Threw(failure, retriable));
  }

  private void finish(long size, List<Held> inside) {
    if (job == null) {
      end(new TaskOutcome.Returned(List.of()));
      return;
    }
    Job current = job;
    if (size <= node.config.inlineLimitBytes()) {
      end(new TaskOutcome.Returned(results(current, size, inside)), inside);
    } else {
      reserve(size, () -> end(new TaskOutcome.Returned(results(current, size, inside)), inside));
    }
  }

  private List<Outcome> results(Job current, long size, List<Held> inside) {
    List<Outcome> results = new ArrayList<>();
    for (int i = 0; i < current.spec().returns(); i++) {
      ObjectId object = task.result(i);
      Reference reference = new Reference(object, current.estate());
      long digest = Values.digest(object);
      if (!script.deterministic()) {
        digest += 1 + world.ledger.executions();
      }
      world.ledger.made(reference, digest);
      List<Reference> references = i == 0 ? references(inside) : List.of();
      if (i > 0 || size <= node.config.inlineLimitBytes()) {
        long bytes = i > 0 ? Values.SMALLEST : size;
        results.add(new Outcome.Inline(Values.inline(digest, bytes, references)));
      } else if (reservedBytes > 0) {
        StoredValue value =
            new StoredValue(current.attempt(), node.id, size, digest, references);
        write(reference, value);
        results.add(new Outcome.Stored(value, List.of()));
      } else {
        world.ledger.storageRefused();
        results.add(
            new Outcome.Failed(
                Failure.of(Failure.Kind.OUT_OF_STORAGE, "no room for " + size + " bytes")));
      }
    }
    return results;
  }

  private void end(TaskOutcome outcome) {
    end(outcome, List.of());
  }

  /// Ends the execution; handles of what stands inside the results are kept until it is reported.
  private void end(TaskOutcome outcome, List<Held> inside) {
    if (ended) {
      return;
    }
    ended = true;
    giveUpQuestion();
    openedCopies.forEach(node.store::closed);
    if (reservedBytes > 0) {
      node.publish(new Event.ReserveReturned(reservedBytes));
    }
    List<Held> left = new ArrayList<>();
    for (Held held : variables.values()) {
      if (dice.chance(400) && !inside.contains(held)) {
        node.drop(held);
      } else {
        left.add(held);
      }
    }
    variables.clear();
    if (job != null) {
      world.ledger.finished(job, outcome);
      if (!(outcome instanceof TaskOutcome.Returned)) {
        node.publish(new Event.CancelChildren(task, run));
      }
      node.publish(new Event.Finished(job.execution(), outcome, world.nowNs - begunNs));
      node.executor.ended(job);
    } else {
      world.mainEnded();
    }
    collect(left);
  }

  /// Handles that user code did not close go with the collector: now or a good while later.
  private void collect(List<Held> left) {
    Dice collector = world.draws.dice(Purpose.COLLECTOR, task.low());
    long delay =
        collector.chance(500) ? 0 : collector.delay(10_000, 30_000_000, 1_500_000_000);
    if (delay == 0) {
      left.forEach(node::drop);
    } else if (!left.isEmpty()) {
      node.after(delay, () -> left.forEach(node::drop));
    }
  }

  private void giveUpQuestion() {
    if (question == 0) {
      return;
    }
    long request = question;
    Step step = asked;
    unblock();
    if (step instanceof Step.Get) {
      // An answer that is on its way all the same is ended in got().
      node.publish(
          node.questions.containsKey(request)
              ? new Event.GetAbandoned(request)
              : new Event.ReadDone(request));
    } else if (step instanceof Step.Await) {
      node.publish(new Event.AwaitEnded(request));
    }
  }

  /// The task is not wanted any more.
  void cancel(CancelMode mode) {
    if (ended) {
      return;
    }
    world.marks.hit(Marks.Mark.CANCELLED_RUNNING);
    if (mode == CancelMode.COOPERATIVE) {
      cooperativelyCancelled = true;
      return;
    }
    continuation++;
    node.after(dice.between(1_000, 50_000), () -> end(new TaskOutcome.Cancelled()));
  }

  /// What it is and what it waits for, for people.
  String describe() {
    return task + " (" + script.name() + ") at " + asked;
  }

  /// The process is gone.
  void abandon() {
    ended = true;
  }
}
