package dev.deed.faultinjection.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A small language for acceptance scenarios: a driver whose program is written step by step,
/// workers `A`, `B`, `C`, and faults, all in virtual time. Every checker of the simulator watches.
final class Story {
  static final long KIB = 1 << 10;
  static final long MIB = 1 << 20;
  static final long MS = 1_000_000;
  static final long SECOND = 1_000 * MS;

  /// Longest wait for a value: reaching it is a failure.
  private static final long GET_GUARD_NS = 60 * SECOND;

  /// Workers without processors that own, inherit and inherit again where an owner dies.
  private static final int SPARES = 3;

  /// Clusters that are tried until the heirs are what they should be.
  private static final int MOST_TRIES = 1_000;

  final World world;
  private final List<Script> scripts;
  private final List<Node> workers;
  private final List<Node> spares;
  private final Optional<OwnerDeath> death;
  private final ProgramRun main;
  private int fills;

  private Story(World world, int working, Optional<OwnerDeath> death, ProgramRun main) {
    this.scripts = world.plan.scripts();
    this.world = world;
    this.workers = new ArrayList<>(world.nodes.subList(1, 1 + working));
    this.spares = List.copyOf(world.nodes.subList(1 + working, world.plan.cpus().size()));
    this.death = death;
    this.main = main;
  }

  /// A driver, and workers of so many processors.
  static Story cluster(long seed, Plan.Settings settings, Integer... cpus) {
    World world = new World(seed, plan(settings, 0, cpus), true);
    Node driver = world.driver();
    ProgramRun main = ProgramRun.byHand(driver, TaskId.root(seed, 0), driver.estate);
    return new Story(world, cpus.length, Optional.empty(), main);
  }

  /// The same, with an owner that dies. The owner and its heirs are workers that run nothing else,
  /// so that a scenario can kill others as it likes.
  static Story mortal(long seed, Plan.Settings settings, OwnerDeath death, Integer... cpus) {
    long next = death.seedFor(cpus.length, seed);
    for (int i = 0; i < MOST_TRIES; i++, next += 1_000_000) {
      Optional<Story> story = tryMortal(next, settings, death, cpus);
      if (story.isPresent()) {
        death.found(cpus.length, next);
        return story.get();
      }
    }
    throw new AssertionError("no seed has its heirs where they should be");
  }

  private static Optional<Story> tryMortal(
      long seed, Plan.Settings settings, OwnerDeath death, Integer... cpus) {
    boolean job = death.owner() == OwnerDeath.Owner.JOB;
    Plan.Settings kept = settings.withHeirs(death.heirs(), 0).withResumptions(job ? 1 : 0);
    World world = new World(seed, plan(kept, SPARES, cpus), death.telling());
    int heirs = death.heirs().count();
    Node first = job ? world.driver() : world.nodes.get(1 + cpus.length);
    assertThat(world.runUntil(() -> isKept(world, first, heirs), 10 * SECOND)).isTrue();
    ProgramRun main;
    Node owner = first;
    if (job) {
      world.job.byHand();
      world.crash(first, "the first driver ends");
      assertThat(
              world.runUntil(
                  () -> world.job.program().isPresent() && isKept(world, first, heirs),
                  10 * SECOND))
          .isTrue();
      main = world.job.program().orElseThrow();
      owner = world.node(world.server(first.estate).orElseThrow().id());
    } else {
      main = ProgramRun.byHand(world.driver(), TaskId.root(seed, 0), world.driver().estate);
    }
    Story story = new Story(world, cpus.length, Optional.of(death), main);
    Node server = owner;
    boolean spared =
        story.spares.contains(server)
            && world.log.truth().heirs(first.estate).stream()
                .anyMatch(heir -> story.spares.contains(world.node(heir.worker())));
    if (!spared) {
      return Optional.empty();
    }
    death.watch(story, server);
    return Optional.of(story);
  }

  private static Plan plan(Plan.Settings settings, int spares, Integer... cpus) {
    List<Integer> all = new ArrayList<>(List.of(0));
    all.addAll(List.of(cpus));
    all.addAll(Collections.nCopies(spares, 0));
    List<Script> scripts = new ArrayList<>(List.of(new Script("main", List.of())));
    return new Plan(all, scripts, settings, List.of());
  }

  /// Whether the estate has a server, and as many full heirs as it should have.
  private static boolean isKept(World world, Node creator, int heirs) {
    return world.server(creator.estate).isPresent()
        && world.log.truth().heirs(creator.estate).stream().filter(Entry.Heir::full).count()
            == heirs;
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
    return world.job.driver();
  }

  Node a() {
    return worker(0);
  }

  Node b() {
    return worker(1);
  }

  Node c() {
    return worker(2);
  }

  /// A worker with processors, in the order in which they joined.
  Node worker(int number) {
    return workers.get(number);
  }

  /// Who serves what main calls and puts, and hands it on: the driver, or a worker for it.
  Node server() {
    return dies(OwnerDeath.Owner.JOB) ? serverOf(driverEstate()) : driver();
  }

  /// Who owns what is made.
  Node owner() {
    return dies(OwnerDeath.Owner.TASK) ? lender() : server();
  }

  private EstateId driverEstate() {
    return world.driver().estate;
  }

  private Node serverOf(EstateId estate) {
    return world.node(world.log.truth().server(estate).orElseThrow());
  }

  private boolean dies(OwnerDeath.Owner owner) {
    return death.filter(one -> one.owner() == owner).isPresent();
  }

  /// The first spare worker that is there.
  private Node lender() {
    return spares.stream().filter(node -> !node.gone()).findFirst().orElseThrow();
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
    Node node = world.join(cpus);
    workers.add(node);
    return node;
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

  /// Makes X: put by main, or the result of a task on A that main calls; where the owner of such
  /// things dies, somebody else does both for main.
  Reference make(String name, Source source, long size) {
    if (source == Source.PUT) {
      return dies(OwnerDeath.Owner.TASK)
          ? lent(name, a(), List.of(), putsKept("x", size))
          : put(name, size);
    }
    int maker = script("make", returns(size));
    call(name, maker, on(a()));
    await(name);
    return reference(name);
  }

  /// A put whose value, and whose record, are still there when its owner has died: where heirs lag
  /// it can be read, and so goes on, when they have the record.
  Step[] putsKept(String into, long size) {
    if (!dies(OwnerDeath.Owner.TASK)) {
      return new Step[] {puts(into, size)};
    }
    Keeping keeping = lags() ? Keeping.SYNC : Keeping.ESTATE;
    Step put = new Step.Put(into, size, List.of(), 3, keeping);
    return lags() ? new Step[] {put, read(into)} : new Step[] {put};
  }

  private boolean lags() {
    return death.filter(OwnerDeath::lags).isPresent();
  }

  /// Calls what a scenario is about: main does, unless somebody lends it the result.
  Reference call(String into, int script, Where where) {
    if (!dies(OwnerDeath.Owner.TASK)) {
      return submit(into, script, where);
    }
    List<String> given = new ArrayList<>(where.args);
    given.addAll(where.captured);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      names.add("c" + i);
    }
    int args = where.args.size();
    Where there =
        where
            .args(names.subList(0, args).toArray(String[]::new))
            .captured(names.subList(args, names.size()).toArray(String[]::new));
    return lent(into, a(), given, callsKept("x", script, there));
  }

  /// A call within a script whose record an heir has before its result can be handed on.
  Step[] callsKept(String into, int script, Where where) {
    Step call = where.step(into, script);
    if (!lags()) {
      return new Step[] {call};
    }
    // Heirs have what was before when they have what can be read only when they have it.
    Step mark = new Step.Put("mark", KIB, List.of(), 1, Keeping.SYNC);
    return new Step[] {call, mark, read("mark"), drops("mark")};
  }

  /// Has a task make `x`, and takes the reference out of its result: by the owner that dies, or
  /// else on `usual`.
  Reference lent(String into, Node usual, List<String> captured, Step... making) {
    List<Step> steps = new ArrayList<>(List.of(making));
    steps.add(returns(KIB, "x"));
    int lender = script("lender", steps.toArray(Step[]::new));
    String[] given = captured.toArray(String[]::new);
    for (int i = 0; i <= SPARES; i++) {
      Node place = dies(OwnerDeath.Owner.TASK) ? lender() : usual;
      Where where = dies(OwnerDeath.Owner.TASK) ? on(place).demand(Demand.NONE) : on(place);
      submit("lent", lender, where.captured(given));
      Outcome outcome = get("lent", into);
      drop("lent");
      if (!(outcome instanceof Outcome.Failed)) {
        return reference(into);
      }
      assertThat(place.gone()).as("lent by one who lives: " + outcome).isTrue();
    }
    throw new AssertionError("nobody lends");
  }

  /// Where what main, or somebody for it, called first is called.
  String site() {
    return dies(OwnerDeath.Owner.TASK) ? "lender:1" : "main:1";
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
    OwnObject own =
        world.server(reference.estate()).flatMap(node -> node.facts().own(reference)).orElse(null);
    return own != null
        && !CoreFacts.released(own)
        && (!CoreState.stored(own) || copies(reference) > 0);
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

  /// Where the owner dies, as soon as somebody serves it: what was given up does not come back.
  void assertExists(Reference reference) {
    if (death.isPresent()) {
      world.runUntil(() -> exists(reference), 10 * SECOND);
    }
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
    boolean recorded =
        world.log.truth().server(reference.estate()).isPresent()
            && world
                .server(reference.estate())
                .map(node -> node.facts().own(reference).isPresent())
                .orElse(true);
    return !recorded && copies(reference) == 0;
  }

  /// So often user code of the reference's task began. Where heirs lag, an execution of which they
  /// had not been told may have been lost with the owner.
  void assertExecutions(Reference reference, int times) {
    assertThat(executions(reference))
        .as("executions of " + reference)
        .isBetween(times, lags() ? times + 1 : times);
  }

  /// Reads a failure of this kind. Where heirs lag, they may not know that a task had ended whose
  /// worker, and whose owner, are dead: then it is lost with its worker.
  Failure failsAs(String from, Failure.Kind kind) {
    Failure failure = fails(from);
    assertThat(failure.kind()).isIn(kind, lags() ? Failure.Kind.WORKER_LOST : kind);
    return failure;
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
