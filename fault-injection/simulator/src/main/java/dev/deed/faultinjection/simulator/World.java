package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CoreConfig;
import dev.deed.ownership.Effects;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.Message;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A whole cluster in virtual time: processes with their cores, the links between them, the
/// membership log, and an agenda of what happens next. The same seed and plan give the same run,
/// event by event.
final class World implements ClusterView {
  /// Virtual time by which a program has come to its end: each step may wait for room in a store
  /// for ten seconds.
  static final long PROGRAM_BOUND_NS = 3_600_000_000_000L;

  /// Virtual time after the healing and the programs' end within which everything must come to
  /// rest.
  static final long QUIET_BOUND_NS = 60_000_000_000L;

  private static final long SETTLE_STEP_NS = 20_000_000;
  private static final int SURVEY_EVERY = 64;
  private static final long MOST_EVENTS = 400_000;

  final long seed;
  final Plan plan;
  final Draws draws;
  final Agenda agenda;
  final Trace trace;
  final Marks marks = new Marks();
  final Ledger ledger = new Ledger(this);
  final List<Node> nodes = new ArrayList<>();
  final Links links = new Links(this);
  final HeirLinks heirLinks = new HeirLinks(this);
  final Log log;
  final Successions successions = new Successions(this);
  final ReplicaCheck replicas = new ReplicaCheck(this);
  final MainJob job;
  final Checks checks;
  final Gates gates = new Gates();
  long nowNs;

  private final Map<WorkerId, Node> byId = new HashMap<>();
  private boolean wasWithoutWorkers;
  private boolean closing;
  private long surveyAt = SURVEY_EVERY;
  private Consumer<Node> watch = _ -> {};

  World(long seed, Plan plan, boolean telling) {
    this.seed = seed;
    this.plan = plan;
    this.draws = new Draws(seed);
    this.agenda = new Agenda(seed);
    this.trace = new Trace(this, telling);
    this.log = new Log(this);
    this.job = new MainJob(this);
    this.checks = new Checks(this, AllChecks.of(this));
    for (int cpus : plan.cpus()) {
      log.append(new Entry.Join(make(cpus, nodes.isEmpty()).member));
    }
    if (job.isDurable()) {
      log.append(job.begun());
    }
    nodes.forEach(node -> log.add(node, true));
  }

  private Node make(int cpus, boolean driver) {
    int index = nodes.size();
    long high = draws.dice(Draws.Purpose.IDENTITY, index).next();
    WorkerId id = new WorkerId(high, index + 1);
    Demand capacity = cpus == 0 ? Demand.NONE : Demand.of(Map.of(Demand.CPU, (double) cpus));
    Member member =
        new Member(id, "host" + index, "127.0.0.1", 7000 + index, index, driver, capacity);
    Plan.Settings settings = plan.settings();
    CoreConfig defaults = CoreConfig.defaults(cpus, settings.storeBytes(), 0);
    CoreConfig config =
        new CoreConfig(
            settings.inlineLimitBytes(),
            settings.inlineTotalBytes(),
            settings.lineageBudgetBytes(),
            settings.storeBytes(),
            cpus,
            settings.queueBound(),
            settings.prefetch(),
            settings.releaseDelayNs(),
            defaults.leaseIdleNs(),
            driver && !(index == 0 && settings.resumptions() > 0)
                ? defaults.heirs()
                : settings.heirs(),
            draws.dice(Draws.Purpose.CORE, index).next());
    Node node = new Node(this, index, member, config);
    nodes.add(node);
    byId.put(id, node);
    trace.named(id, node.name);
    return node;
  }

  /// A new worker joins the cluster.
  Node join(int cpus) {
    return join(make(cpus, false));
  }

  /// A new driver joins the cluster.
  Node joinDriver() {
    return join(make(0, true));
  }

  private Node join(Node node) {
    log.add(node, false);
    log.commit(new Entry.Join(node.member));
    marks.hit(Marks.Mark.JOINED_LATE);
    return node;
  }

  Node node(WorkerId id) {
    Node node = byId.get(id);
    if (node == null) {
      throw new ViolationException("core", "there is no worker " + id);
    }
    return node;
  }

  @Override
  public List<Node> workers() {
    return nodes;
  }

  @Override
  public WorkerView worker(WorkerId id) {
    return node(id);
  }

  @Override
  public MembershipLog truth() {
    return log.truth();
  }

  @Override
  public boolean lost(Reference reference) {
    return job.makes(reference)
        || (plan.settings().heirs().mode() != HeirsConfig.Mode.SYNC && successions.lost(reference));
  }

  @Override
  public boolean givenUp(EstateId estate) {
    return log.givenUp(estate);
  }

  @Override
  public Collection<Message> flying(WorkerView from, WorkerView to) {
    return links.flying(node(from.id()), node(to.id()));
  }

  Node driver() {
    return nodes.getFirst();
  }

  /// Starts the main program.
  void startMain() {
    job.start();
  }

  boolean hasMainEnded() {
    return job.hasEnded();
  }

  /// Kills a process.
  void crash(Node node, String reason) {
    if (node.gone()) {
      return;
    }
    trace.tellWorld(node + " is killed");
    end(node);
    log.provenDead(node, reason);
  }

  /// A process is no more, whether killed or ended by itself.
  void end(Node node) {
    if (node.gone()) {
      return;
    }
    checks.ended(node);
    node.stop();
    links.crashed(node);
    wasWithoutWorkers |= !someoneWorks();
  }

  /// A core has applied an event.
  void stepped(Node node) {
    checks.stepped(node);
    watch.accept(node);
  }

  /// Tells somebody whenever a core has applied events.
  void watch(Consumer<Node> watcher) {
    watch = watcher;
  }

  void reported(Node node, Effects.Report report) {
    switch (report.kind()) {
      case LINEAGE_EVICTED -> {
        ledger.lineageEvicted();
        marks.hit(Marks.Mark.LINEAGE_EVICTED);
      }
      case NONDETERMINISTIC ->
          marks.hit(
              report.text().contains("begins anew")
                  ? Marks.Mark.DIVERGED
                  : Marks.Mark.NONDETERMINISTIC);
      case PROTOCOL_VIOLATION ->
          throw new ViolationException("protocol", node + " reports: " + report.text());
      case MAIN_DIFFERS -> job.differs(node);
      default -> {}
    }
  }

  /// Runs until the condition holds or so much time has passed; tells whether it holds.
  boolean runUntil(BooleanSupplier done, long forNs) {
    long endNs = nowNs + forNs;
    while (!done.getAsBoolean()) {
      if (agenda.nextTimeNs() > endNs) {
        nowNs = endNs;
        return done.getAsBoolean();
      }
      step();
    }
    return true;
  }

  /// Runs for so much time.
  void runFor(long forNs) {
    runUntil(() -> false, forNs);
  }

  private void step() {
    nowNs = Math.max(nowNs, agenda.nextTimeNs());
    agenda.take().run();
    if (trace.events() >= surveyAt) {
      surveyAt = trace.events() + SURVEY_EVERY;
      checks.survey();
      if (trace.events() > MOST_EVENTS) {
        throw new ViolationException("bound", "more than " + MOST_EVENTS + " events");
      }
    }
  }

  /// Ends all faults, lets programs end and all handles go, and demands that everything comes to
  /// rest.
  void settle() {
    heal();
    closing = true;
    nodes.forEach(World::dropKept);
    // Coming to rest begins with the end of the programs, and those that have lost all workers may
    // have most of their steps before them.
    runWithWorkers(this::programsEnded, PROGRAM_BOUND_NS);
    job.end();
    runWithWorkers(this::atRest, nowNs + QUIET_BOUND_NS);
    checks.survey();
    checks.quiescent();
  }

  /// Runs until the condition holds or that time is there. A cluster that has lost all its workers
  /// is given one, so that what waits for a place ends.
  private void runWithWorkers(BooleanSupplier done, long endNs) {
    while (!done.getAsBoolean() && nowNs < endNs) {
      if (!someoneWorks()) {
        join(2);
      }
      runFor(SETTLE_STEP_NS);
    }
  }

  /// Whether a living worker runs tasks.
  boolean someoneWorks() {
    return nodes.stream().anyMatch(node -> living(node) && node.config.cpus() > 0);
  }

  /// Whether there has been a time without any worker that runs tasks.
  boolean wasWithoutWorkers() {
    return wasWithoutWorkers;
  }

  /// Whether nothing is to be kept any more.
  boolean closing() {
    return closing;
  }

  private static void dropKept(Node node) {
    List.copyOf(node.kept.values()).forEach(node::drop);
    node.kept.clear();
  }

  void heal() {
    trace.tellWorld("all faults are healed");
    links.heal();
    heirLinks.heal();
    log.faulty(false);
  }

  boolean programsEnded() {
    return hasMainEnded() && nodes.stream().allMatch(node -> node.gone() || node.executor.quiet());
  }

  private boolean atRest() {
    if (!links.quiet()
        || !heirLinks.quiet()
        || !log.quiet()
        || log.truth().awaitsClear()
        || ImageCheck.unrest(this).isPresent()) {
      return false;
    }
    for (Node node : nodes) {
      if (!node.gone()
          && (!node.handles.isEmpty()
              || !node.executor.quiet()
              || !node.store.quiet()
              || node.muted()
              || !log.truth().lives(node.id)
              || !AllChecks.empty(node))) {
        return false;
      }
    }
    return true;
  }
}
