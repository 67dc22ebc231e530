package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.faultinjection.simulator.Executor.Job;
import dev.deed.faultinjection.simulator.Node.Held;
import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.Value;
import dev.deed.ownership.CancelMode;
import dev.deed.ownership.Event;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.TaskOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One execution of a script, as a user's thread with the runtime around it would do it: it
/// publishes the events that the runtime would publish, in the same order.
final class ProgramRun {
  /*
   * State: the step that comes next; variables; the question to the core whose answer is waited for.
   * A continuation that was scheduled before a cancel is told by its number.
   */
  final OpenCopies copies;

  private final Node node;
  private final World world;
  private final @Nullable Job job;
  private final int attempt;
  private final TaskId task;
  private final int run;
  private final Script script;
  private final boolean byHand;

  /// The estate that gets its calls and puts.
  private final EstateId home;

  private final Dice dice;
  private final Variables variables;
  private final Dialogue core;
  private final Map<String, Outcome> answers = new HashMap<>();
  private final long begunNs;
  private int position;
  private long calls;
  private long puts;
  private long continuation;
  private boolean cooperativelyCancelled;
  private boolean idle;
  private boolean ended;

  private ProgramRun(
      Node node,
      @Nullable Job job,
      TaskId task,
      int run,
      Script script,
      boolean byHand,
      EstateId home) {
    this.node = node;
    this.home = home;
    this.world = node.world;
    this.job = job;
    this.task = task;
    this.run = run;
    this.script = script;
    this.byHand = byHand;
    this.idle = byHand;
    this.begunNs = world.nowNs;
    this.attempt = job == null ? 0 : job.attempt();
    this.dice = world.draws.dice(Purpose.PROGRAM, task.low() + attempt);
    this.variables = new Variables(node);
    this.copies = new OpenCopies(node);
    this.core = new Dialogue(node, this, job);
  }

  /// An execution that the core ordered.
  static ProgramRun ofTask(Node node, Job job) {
    TaskSpec spec = job.spec();
    Script script = node.world.plan.scripts().get(Script.indexOf(spec.function()));
    return new ProgramRun(node, job, spec.id(), spec.run(), script, false, job.home());
  }

  /// A main program: a root task without an execution.
  ///
  /// @param home the estate that gets its calls and puts
  static ProgramRun main(Node node, TaskId root, Script script, EstateId home) {
    return new ProgramRun(node, null, root, 0, script, false, home);
  }

  /// A main program to which steps are added by hand, see [#does]; it ends with [#close].
  ///
  /// @param home the estate that gets its calls and puts
  static ProgramRun byHand(Node node, TaskId root, EstateId home) {
    Script script = new Script("main", new ArrayList<>());
    return new ProgramRun(node, null, root, 0, script, true, home);
  }

  /// Adds a step to a program that is written by hand, and does it as soon as the ones before are
  /// done.
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
    end(new TaskOutcome.Returned(List.of()), List.of());
  }

  boolean ended() {
    return ended;
  }

  // --- steps ------------------------------------------------------------------------------------

  /// Decodes arguments and captured values, and goes.
  void begin() {
    if (job != null) {
      List<Argument> arguments = job.spec().arguments();
      for (int i = 0; i < arguments.size(); i++) {
        variables.bindAll("a" + i + ".", copies.read(arguments.get(i)));
      }
      variables.bindAll("c", job.spec().captured());
    }
    proceed();
  }

  /// Goes on after a while, unless it is cancelled meanwhile.
  void later(long delayNs, Runnable action) {
    long mine = ++continuation;
    node.after(
        delayNs,
        () -> {
          if (mine == continuation && !ended) {
            action.run();
          }
        });
  }

  /// Does steps until one has to wait.
  void proceed() {
    while (!ended) {
      if (cooperativelyCancelled && dice.chance(600)) {
        end(new TaskOutcome.Cancelled(), List.of());
      } else if (position >= script.steps().size()) {
        if (byHand) {
          idle = true;
        } else {
          finish(Values.SMALLEST, List.of());
        }
        return;
      } else if (!carryOut(script.steps().get(position++))) {
        return;
      }
    }
  }

  /// Does one step; tells whether the next one may follow at once.
  private boolean carryOut(Step step) {
    world.trace.step(node, task, step);
    switch (step) {
      case Step.Submit submit -> submit(submit);
      case Step.Copy(String from, String into) -> variables.copy(from, into);
      case Step.Drop(String name) -> variables.drop(name);
      case Step.Keep(String name, String variable) -> variables.keep(name, variable);
      case Step.DropKept(String variable) -> variables.dropKept(variable);
      case Step.TakeKept(String variable, String into) -> variables.takeKept(variable, into);
      case Step.Cancel cancel -> cancel(cancel);
      case Step.Vary _ -> {}
      case Step.Get get -> {
        return !get(get);
      }
      case Step.Await await -> {
        return !await(await);
      }
      case Step.Put put -> {
        return !put(put);
      }
      case Step.Pass(String gate) -> {
        return pass(gate);
      }
      case Step.Compute(long ns) -> {
        later(ns, this::proceed);
        return false;
      }
      case Step.ThrowBefore(int first) -> {
        if (run < first) {
          fail(Failure.of(Failure.Kind.TASK_FAILED, script.name() + " threw in run " + run), true);
        }
        return run >= first;
      }
      case Step.Throw(boolean retriable) -> {
        fail(Failure.of(Failure.Kind.TASK_FAILED, script.name() + " threw"), retriable);
        return false;
      }
      case Step.Return(long size, List<String> inside) -> {
        finish(size, variables.get(inside));
        return false;
      }
    }
    return true;
  }

  private void submit(Step.Submit step) {
    List<Argument> arguments = new ArrayList<>();
    for (Held held : variables.get(step.arguments())) {
      arguments.add(new Argument.Pending(held.reference()));
    }
    Script callee = world.plan.scripts().get(step.script());
    TaskSpec spec =
        new TaskSpec(
            task.call(run, calls++),
            0,
            task,
            Script.function(step.script()),
            Variables.references(variables.get(step.captured())),
            arguments,
            step.returns(),
            step.terms(),
            new TaskSpec.Origin(callee.name(), site()));
    if (!home.equals(node.estate) && node.core.view().task(home, spec.id()) != null) {
      world.marks.hit(Marks.Mark.CALLED_AGAIN_AT_HOME);
    }
    world.ledger.submitted(spec, home, callee);
    world.trace.named(spec.id(), task, callee.name() + "#" + (calls - 1));
    long[] handles = new long[step.returns()];
    for (int i = 0; i < handles.length; i++) {
      Reference reference = new Reference(spec.result(i), home);
      handles[i] = node.newHandle(reference);
      variables.bind(i == 0 ? step.into() : step.into() + "." + i, new Held(reference, handles[i]));
    }
    node.publish(new Event.Submit(spec, handles, home));
  }

  private String site() {
    return script.name() + ":" + position;
  }

  private void cancel(Step.Cancel step) {
    Held held = variables.get(step.name());
    if (held != null) {
      world.ledger.cancelAsked(held.reference());
      CancelMode mode = dice.chance(500) ? CancelMode.INTERRUPT : CancelMode.COOPERATIVE;
      node.publish(new Event.Cancel(held.reference(), mode, step.recursive()));
    }
  }

  private boolean pass(String gate) {
    if (world.gates.isOpen(gate)) {
      return true;
    }
    long mine = ++continuation;
    world.gates.wait(
        gate,
        () -> {
          if (mine == continuation && !ended) {
            later(1_000, this::proceed);
          }
        });
    return false;
  }

  /// Whether there is something to wait for.
  private boolean get(Step.Get step) {
    Held held = variables.get(step.from());
    if (held == null) {
      return false;
    }
    core.get(step, held.reference());
    return true;
  }

  /// A value has come: decoding it takes a while.
  void afterDecoding(Runnable action) {
    later(dice.between(1_000, 40_000), action);
  }

  /// A value, or its failure, has been decoded.
  void read(Step.Get step, Reference reference, Outcome outcome) {
    answers.put(step.from(), outcome);
    List<Reference> inside = copies.read(reference, outcome);
    if (!inside.isEmpty() && !inside.getFirst().estate().equals(node.estate)) {
      world.marks.hit(Marks.Mark.NESTED_READ);
    }
    variables.bindRead(inside, step.into());
  }

  /// Goes on after a value, or throws its failure.
  void goOn(Step.Get step, Outcome outcome) {
    if (outcome instanceof Outcome.Failed(Failure failure) && !step.tolerant() && job != null) {
      fail(failure.through(Failure.Kind.TASK_FAILED, script.name() + " rethrew"), false);
    } else {
      proceed();
    }
  }

  private boolean await(Step.Await step) {
    List<Held> targets = variables.get(step.of());
    int count = Math.min(step.count(), targets.size());
    if (count == 0) {
      return false;
    }
    core.await(step, targets, count);
    return true;
  }

  private boolean put(Step.Put step) {
    ObjectId object = task.put(run, puts++).result(0);
    Reference reference = new Reference(object, home);
    world.trace.named(object.task(), task, "put#" + (puts - 1));
    List<Reference> inside = Variables.references(variables.get(step.inside()));
    boolean stored = step.size() > node.config.inlineLimitBytes();
    world.ledger.put(reference, stored, node, step.copies(), keeping(step));
    if (!stored) {
      Value value = Values.inline(Values.digest(object), step.size(), inside);
      publishPut(step, reference, new Outcome.Inline(value));
      return false;
    }
    core.reserve(
        step.size(),
        () -> {
          if (core.hasRoom()) {
            StoredValue value =
                new StoredValue(edition(), node.id, step.size(), Values.digest(object), inside);
            core.write(reference, value);
            publishPut(step, reference, new Outcome.Stored(value, List.of()));
            if (step.copies() > 1) {
              core.copied(step, reference);
              return;
            }
          }
          proceed();
        });
    return true;
  }

  /// There are as many copies of what was put as could be, or the put fails.
  void copied(Step.Put step, Outcome outcome) {
    if (outcome instanceof Outcome.Failed) {
      variables.drop(step.into());
    }
    proceed();
  }

  /// A put into an estate that is served elsewhere is kept as that is.
  private Keeping keeping(Step.Put step) {
    return CoreState.of(node).serves(home) ? step.keeping() : Keeping.ESTATE;
  }

  private void publishPut(Step.Put step, Reference reference, Outcome outcome) {
    // Not before: while it waits for room its task may be stopped.
    world.ledger.madeAgain(reference);
    long handle = node.newHandle(reference);
    variables.bind(step.into(), new Held(reference, handle));
    node.publish(
        new Event.Put(
            reference.object(),
            task,
            outcome,
            handle,
            new TaskSpec.Origin("put", site()),
            home,
            step.copies(),
            keeping(step)));
  }

  // --- the end ----------------------------------------------------------------------------------

  private void fail(Failure failure, boolean retriable) {
    end(new TaskOutcome.Threw(failure, retriable), List.of());
  }

  private void finish(long size, List<Held> inside) {
    Job current = job;
    if (current == null) {
      close();
    } else if (size > Values.SMALLEST && !script.deterministic() && dice.chance(300)) {
      finish(Values.SMALLEST, inside);
    } else if (size <= node.config.inlineLimitBytes()) {
      end(returned(current, size, inside), inside);
    } else {
      core.reserve(size, () -> end(returned(current, size, inside), inside));
    }
  }

  private TaskOutcome returned(Job current, long size, List<Held> inside) {
    List<Outcome> results = new ArrayList<>();
    results.add(result(current, 0, size, Variables.references(inside)));
    for (int i = 1; i < current.spec().returns(); i++) {
      results.add(result(current, i, Values.SMALLEST, List.of()));
    }
    return new TaskOutcome.Returned(results);
  }

  /// Of a value that is stored here: later than all of earlier attempts.
  private long edition() {
    return ((long) attempt << 32) | node.newEdition();
  }

  private Outcome result(Job current, int index, long size, List<Reference> inside) {
    ObjectId object = task.result(index);
    Reference reference = new Reference(object, current.estate());
    long digest = Values.digest(object);
    if (!script.deterministic()) {
      digest += 1 + world.ledger.executions();
    }
    world.ledger.made(reference, digest);
    if (size <= node.config.inlineLimitBytes()) {
      return new Outcome.Inline(Values.inline(digest, size, inside));
    }
    if (core.hasRoom()) {
      StoredValue value = new StoredValue(edition(), node.id, size, digest, inside);
      core.write(reference, value);
      return new Outcome.Stored(value, List.of());
    }
    return new Outcome.Failed(
        Failure.of(Failure.Kind.OUT_OF_STORAGE, "no room for " + size + " bytes"));
  }

  /// Ends the execution; handles of what stands inside the results are kept until it is reported.
  private void end(TaskOutcome outcome, List<Held> inside) {
    if (ended) {
      return;
    }
    ended = true;
    core.end();
    List<Held> left = new ArrayList<>();
    for (Held held : variables.takeAll()) {
      if (dice.chance(400) && !inside.contains(held)) {
        node.drop(held);
      } else {
        left.add(held);
      }
    }
    if (job != null) {
      world.ledger.finished(job, outcome);
      node.publish(new Event.Finished(job.execution(), outcome, world.nowNs - begunNs));
      node.executor.ended(job);
    } else {
      world.job.ended();
    }
    collect(left);
  }

  /// Handles that user code did not close go with the collector: now or a good while later.
  private void collect(List<Held> left) {
    Dice collector = world.draws.dice(Purpose.COLLECTOR, task.low());
    long delay = collector.chance(500) ? 0 : collector.delay(10_000, 30_000_000, 1_500_000_000);
    if (delay == 0) {
      left.forEach(node::drop);
    } else if (!left.isEmpty()) {
      node.after(delay, () -> left.forEach(node::drop));
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
    node.after(dice.between(1_000, 50_000), () -> end(new TaskOutcome.Cancelled(), List.of()));
  }

  /// Whether it executes a task of the estate.
  boolean isFor(EstateId estate) {
    Job current = job;
    return current != null && current.estate().equals(estate);
  }

  /// What it is, for people.
  String describe() {
    return task + " (" + script.name() + ")";
  }

  /// The process is gone.
  void abandon() {
    ended = true;
  }
}
