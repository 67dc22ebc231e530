package dev.deed.faultinjection.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A small language for acceptance scenarios: a driver whose program is written step by step,
/// workers `A`, `B`, `C`, and faults, all in virtual time. Every checker of the simulator watches.
final class Story {
  static final long KIB = 1 << 10;
  static final long MIB = 1 << 20;
  static final long MS = 1_000_000;
  static final long SECOND = 1_000 * MS;

  /// Longest wait for a value: reaching it is a failure.
  private static final long GET_GUARD_NS = 60 * SECOND;

  final World world;
  private final List<Script> scripts;
  private final ProgramRun main;
  private int fills;

  private Story(long seed, Plan plan) {
    this.scripts = plan.scripts();
    this.world = new World(seed, plan, true);
    this.main = ProgramRun.byHand(world.driver(), TaskId.root(seed, 0));
  }

  /// A driver, and workers of so many processors.
  static Story cluster(long seed, Plan.Settings settings, Integer... cpus) {
    List<Integer> all = new ArrayList<>(List.of(0));
    all.addAll(List.of(cpus));
    List<Script> scripts = new ArrayList<>(List.of(new Script("main", List.of())));
    return new Story(seed, new Plan(all, scripts, settings, List.of()));
  }

  // --- scripts ----------------------------------------------------------------------------------

  /// A task's code; gives the number by which it is called.
  int script(String name, Step... steps) {
    scripts.add(new Script(name, List.of(steps)));
    return scripts.size() - 1;
  }

  static Step pass(String gate) {
    return new Step.Pass(gate);
  }

  static Step compute(long ns) {
    return new Step.Compute(ns);
  }

  static Step read(String name, String... into) {
    return new Step.Get(name, List.of(into), false, 0);
  }

  static Step drops(String name) {
    return new Step.Drop(name);
  }

  static Step keep(String name, String variable) {
    return new Step.Keep(name, variable);
  }

  static Step dropKept(String variable) {
    return new Step.DropKept(variable);
  }

  static Step takeKept(String variable, String into) {
    return new Step.TakeKept(variable, into);
  }

  static Step puts(String into, long size, String... inside) {
    return new Step.Put(into, size, List.of(inside));
  }

  static Step returns(long size, String... inside) {
    return new Step.Return(size, List.of(inside));
  }

  /// A call within a script.
  Step calls(String into, int script, Where where) {
    return where.step(into, script);
  }

  /// How and where a task is called.
  record Where(
      Placement placement, Demand demand, int retries, List<String> args, List<String> captured) {
    Where args(String... names) {
      return new Where(placement, demand, retries, List.of(names), captured);
    }

    Where captured(String... names) {
      return new Where(placement, demand, retries, args, List.of(names));
    }

    Where retries(int most) {
      return new Where(placement, demand, most, args, captured);
    }

    Where demand(Demand wanted) {
      return new Where(placement, wanted, retries, args, captured);
    }

    Step step(String into, int script) {
      TaskSpec.Terms terms = new TaskSpec.Terms(demand, retries, List.of(), 0, placement);
      return new Step.Submit(into, script, args, captured, terms, 1);
    }
  }

  static Where anywhere() {
    return new Where(new Placement.Anywhere(), Demand.ONE_CPU, 3, List.of(), List.of());
  }

  Where on(Node node) {
    return new Where(new Placement.OnWorker(node.id), Demand.ONE_CPU, 3, List.of(), List.of());
  }

  // --- the cluster ------------------------------------------------------------------------------

  Node driver() {
    return world.driver();
  }

  Node a() {
    return world.nodes.get(1);
  }

  Node b() {
    return world.nodes.get(2);
  }

  Node c() {
    return world.nodes.get(3);
  }

  /// SIGKILL.
  void kill(Node node) {
    world.crash(node, "killed by the story");
  }

  /// SIGKILL, and nobody sees it: only the lease tells.
  void killUnnoticed(Node node) {
    world.end(node);
    world.log.silentlyDead(node);
  }

  Node join(int cpus) {
    return world.join(cpus);
  }

  /// Messages of a kind come so much later, from anybody to anybody.
  void delay(String kind, long byNs, int times) {
    world.links.delay(new Fault.Delay(0, kind, -1, -1, byNs, times));
  }

  /// The next messages of a kind on one link come so much later.
  void delay(Class<?> kind, Node from, Node to, long byNs) {
    world.links.delay(new Fault.Delay(0, kind.getSimpleName(), from.index, to.index, byNs, 1));
  }

  void open(String gate) {
    world.gates.open(gate);
  }

  void runFor(long ns) {
    world.runFor(ns);
  }

  /// A moment in which everything that is on its way arrives.
  void soon() {
    world.runFor(10 * SECOND);
  }

  // --- the driver's program ---------------------------------------------------------------------

  private void does(Step step) {
    main.does(step);
    assertThat(world.runUntil(main::idle, GET_GUARD_NS)).as("the driver does " + step).isTrue();
  }

  Reference put(String into, long size, String... inside) {
    does(puts(into, size, inside));
    return reference(into);
  }

  Reference submit(String into, int script, Where where) {
    does(where.step(into, script));
    return reference(into);
  }

  void copy(String from, String into) {
    does(new Step.Copy(from, into));
  }

  void drop(String... names) {
    for (String name : names) {
      does(drops(name));
    }
  }

  void cancel(String name) {
    does(new Step.Cancel(name, true));
  }

  void await(String name) {
    does(new Step.Await(List.of(name), 1, 0));
  }

  /// Reads a value, and the references inside it into variables.
  Outcome get(String from, String... into) {
    does(new Step.Get(from, List.of(into), true, 0));
    return main.answer(from).orElseThrow();
  }

  /// Reads a value that must be there.
  void reads(String from, String... into) {
    assertThat(get(from, into)).as("value of " + from).isNotInstanceOf(Outcome.Failed.class);
  }

  /// Reads a failure.
  Failure fails(String from) {
    Outcome outcome = get(from);
    assertThat(outcome).as("value of " + from).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).failure();
  }

  Reference reference(String name) {
    return main.reference(name).orElseThrow();
  }

  /// Where the value X of a scenario comes from.
  enum Source {
    PUT,
    RESULT
  }

  /// Makes X: put by the driver, or the result of a task on A.
  Reference make(String name, Source source, long size) {
    if (source == Source.PUT) {
      return put(name, size);
    }
    int maker = script("make", returns(size));
    submit(name, maker, on(a()));
    await(name);
    return reference(name);
  }

  /// Fills a worker's store with 5 × 20 MiB and lets it all go: what nobody pins is gone
  /// afterwards.
  void fill(Node node) {
    int filler = script("fill", returns(20 * MIB));
    for (int i = 0; i < 5; i++) {
      String name = "fill" + fills++;
      submit(name, filler, on(node).retries(0));
      get(name);
      drop(name);
    }
  }

  /// Puts a worker's store under pressure: tasks on it make 5 × 20 MiB that all live at once, or
  /// fail for want of room.
  void press(Node node) {
    int presser = script("press", returns(20 * MIB));
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      names.add("press" + fills++);
      submit(names.getLast(), presser, on(node).retries(0));
    }
    names.forEach(this::await);
    names.forEach(name -> drop(name));
  }

  // --- what must hold ---------------------------------------------------------------------------

  /// Whether the owner has a record, and a value in stores has a copy in one of them.
  boolean exists(Reference reference) {
    Node owner = world.node(reference.estate().creator());
    if (owner.gone() || CoreState.of(owner).own(reference).isEmpty()) {
      return false;
    }
    OwnObject own = CoreState.of(owner).own(reference).orElseThrow();
    return !CoreFacts.released(own) && (!CoreState.stored(own) || copies(reference) > 0);
  }

  /// Copies of a value in the stores of running workers.
  int copies(Reference reference) {
    int count = 0;
    for (Node node : world.nodes) {
      for (CopyName name : node.store.copies().keySet()) {
        count += name.reference().equals(reference) ? 1 : 0;
      }
    }
    return count;
  }

  boolean hasCopy(Node node, Reference reference) {
    return node.store.copies().keySet().stream().anyMatch(c -> c.reference().equals(reference));
  }

  void assertExists(Reference reference) {
    assertThat(exists(reference)).as("exists: " + reference).isTrue();
  }

  /// The same for the argument of a task that waits or runs: a small one has been copied into the
  /// task's specification, and its object may be gone (RC-03).
  void assertExistsUnlessInlined(Reference reference, long size) {
    if (size > world.plan.settings().inlineLimitBytes()) {
      assertExists(reference);
    }
  }

  /// No record and no copy is left within 10 seconds.
  void assertGoneSoon(Reference reference) {
    world.runUntil(() -> gone(reference), 10 * SECOND);
    assertThat(gone(reference)).as("gone: " + reference + story()).isTrue();
  }

  private boolean gone(Reference reference) {
    Node owner = world.node(reference.estate().creator());
    boolean recorded = !owner.gone() && CoreState.of(owner).own(reference).isPresent();
    return !recorded && copies(reference) == 0;
  }

  /// How often user code of the reference's task began.
  int executions(Reference reference) {
    return world.ledger.task(reference).map(facts -> facts.executions.size()).orElse(0);
  }

  /// Ends the driver's program and demands that nothing is left anywhere.
  void end() {
    main.close();
    world.settle();
  }

  /// The last lines of what happened, for a failing assertion.
  String story() {
    List<String> lines = world.trace.lines();
    return "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  /// A demand that no worker can ever meet.
  static Demand impossible() {
    return Demand.of(Map.of("gpu", 1.0));
  }
}
