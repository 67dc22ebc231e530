package dev.deed.ownership;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.HeirCodec;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.TestJournal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A few cores in one thread whose messages are delivered at once, in order, through the codec;
/// tests end executions by hand, so that they read as stories.
final class MiniCluster {
  /// What an execution was given.
  record Run(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home) {}

  /// A message under way.
  private record Sent(WorkerId from, WorkerId to, long era, Message message) {}

  /// A message of a record log under way.
  private record Copied(WorkerId from, WorkerId to, HeirMessage message) {}

  /// One worker: its core, and what the core ordered.
  final class Node implements Effects {
    final WorkerId id;
    final WorkerCore core;
    private final CoreConfig config;
    final List<Run> runs = new ArrayList<>();
    final Map<Long, Outcome> got = new LinkedHashMap<>();
    final Map<Long, int[]> awaited = new LinkedHashMap<>();
    final List<Report> reports = new ArrayList<>();
    final List<CopyName> deleted = new ArrayList<>();
    final List<Long> cancelled = new ArrayList<>();
    boolean alive = true;
    private final Map<Long, Reference> held = new LinkedHashMap<>();
    private TaskId main;
    private EstateId home;
    private long handles;
    private long calls;
    private long editions;

    Node(int number, boolean driver) {
      id = new WorkerId(number, number);
      Member member =
          new Member(
              id, "h" + number, "127.0.0.1", 1, 1, driver, driver ? Demand.NONE : Demand.ONE_CPU);
      config =
          CoreConfig.defaults(driver ? 0 : 1, 100 << 20, number)
              .withInlineTotalBytes(inlineTotalBytes)
              .withHeirs(heirs);
      core = new WorkerCore(member, config, this);
      main = TaskId.root(id.high(), 0);
      home = new EstateId(id);
      nodes.put(id, this);
      entry(new Entry.Join(member));
    }

    /// Keeps this worker's own estate in a journal.
    TestJournal journal() {
      return MiniCluster.this.journal(this, new EstateId(id));
    }

    /// Main, which is task `main`, calls a task of this code and home.
    Reference submitAs(TaskId main, EstateId home, TaskSpec.Terms terms, byte code) {
      TaskSpec spec =
          new TaskSpec(
              main.call(0, calls++),
              0,
              main,
              Payload.of(new byte[] {code}),
              List.of(),
              List.of(),
              1,
              terms,
              new TaskSpec.Origin("task" + code, "story"));
      on(new Event.Submit(spec, new long[] {++handles}, home));
      return new Reference(spec.result(0), home);
    }

    /// How its estates are kept.
    HeirsConfig heirs() {
      return config.heirs();
    }

    /// Its main is that of a job whose calls are in another estate.
    void main(TaskId job, EstateId estate) {
      main = job;
      home = estate;
    }

    /// Main begins again.
    void rewindCalls() {
      calls = 0;
    }

    /// Drops all handles that main has got.
    void dropAll() {
      Map<Long, Reference> all = Map.copyOf(held);
      held.clear();
      all.forEach((handle, reference) -> on(new Event.HandleDropped(reference, handle)));
    }

    /// Submits a task with these joined references; returns the reference to its result.
    Reference submit(TaskSpec.Terms terms, List<Reference> captured, Reference... joined) {
      TaskId parent = main;
      List<Argument> arguments = new ArrayList<>();
      for (Reference reference : joined) {
        arguments.add(new Argument.Pending(reference));
      }
      TaskSpec spec =
          new TaskSpec(
              parent.call(0, calls++),
              0,
              parent,
              Payload.of(new byte[] {1}),
              captured,
              arguments,
              1,
              terms,
              new TaskSpec.Origin("task" + calls, "story"));
      held.put(++handles, own(spec.result(0)));
      on(new Event.Submit(spec, new long[] {handles}, home));
      return own(spec.result(0));
    }

    Reference submit(Reference... joined) {
      return submit(TaskSpec.Terms.DEFAULT, List.of(), joined);
    }

    /// The code of an execution here makes its call number `index`; returns the reference to the
    /// result.
    Reference call(Run run, int index, TaskSpec.Terms terms, byte code, Reference... captured) {
      TaskId parent = run.spec().id();
      TaskSpec spec =
          new TaskSpec(
              parent.call(run.spec().run(), index),
              0,
              parent,
              Payload.of(new byte[] {code}),
              List.of(captured),
              List.of(),
              1,
              terms,
              new TaskSpec.Origin("child" + index, "story"));
      on(new Event.Submit(spec, new long[] {++handles}, run.home()));
      return new Reference(spec.result(0), run.home());
    }

    /// The code of an execution here makes its put number `index`.
    Reference put(Run run, int index, byte value) {
      put(run, index, Payload.of(new byte[] {value}));
      return new Reference(run.spec().id().put(run.spec().run(), index).result(0), run.home());
    }

    /// The same; returns the handle.
    long put(Run run, int index, Payload value) {
      TaskId parent = run.spec().id();
      ObjectId object = parent.put(run.spec().run(), index).result(0);
      Outcome outcome = new Outcome.Inline(new Value(value, List.of()));
      on(new Event.Put(object, parent, outcome, ++handles, TaskSpec.Origin.UNKNOWN, run.home(), 1));
      return handles;
    }

    /// The same with a large value, in which these references stand.
    Reference putStored(Run run, int index, long size, Reference... inside) {
      return putStored(run, index, 1, size, inside);
    }

    /// The same with so many copies.
    Reference putStored(Run run, int index, int copies, long size, Reference... inside) {
      TaskId parent = run.spec().id();
      ObjectId object = parent.put(run.spec().run(), index).result(0);
      on(new Event.Reserve(1, size));
      Outcome outcome =
          new Outcome.Stored(new StoredValue(++editions, id, size, 7, List.of(inside)), List.of());
      on(
          new Event.Put(
              object, parent, outcome, ++handles, TaskSpec.Origin.UNKNOWN, run.home(), copies));
      return new Reference(object, run.home());
    }

    Reference put(List<Reference> inside) {
      ObjectId object = main.put(0, calls++).result(0);
      on(put(object, inline(inside), TaskSpec.Origin.UNKNOWN, 1));
      return own(object);
    }

    /// Puts a value of which the heirs are told so.
    Reference put(Keeping keeping) {
      ObjectId object = main.put(0, calls++).result(0);
      Event.Put kept = put(object, inline(List.of()), TaskSpec.Origin.UNKNOWN, 1);
      on(
          new Event.Put(
              object, main, kept.outcome(), kept.handle(), kept.origin(), kept.home(), 1, keeping));
      return own(object);
    }

    /// Puts a value that contains its own reference.
    Reference putCircle() {
      Reference self = own(main.put(0, calls++).result(0));
      Outcome value = inline(List.of(self));
      on(put(self.object(), value, TaskSpec.Origin.UNKNOWN, 1));
      return self;
    }

    Reference putStored(long size) {
      return putStored(size, 1);
    }

    /// Puts a large value of which there are to be so many copies.
    Reference putStored(long size, int copies) {
      ObjectId object = main.put(0, calls++).result(0);
      on(new Event.Reserve(1, size));
      StoredValue value = new StoredValue(++editions, id, size, 7, List.of());
      TaskSpec.Origin origin = new TaskSpec.Origin("put", "story:1");
      on(put(object, new Outcome.Stored(value, List.of()), origin, copies));
      return own(object);
    }

    private Event.Put put(ObjectId object, Outcome outcome, TaskSpec.Origin origin, int copies) {
      held.put(++handles, own(object));
      return new Event.Put(object, main, outcome, handles, origin, home, copies);
    }

    private Reference own(ObjectId object) {
      return new Reference(object, home);
    }

    /// Drops handle number `handle` of this worker.
    void drop(Reference reference, long handle) {
      held.remove(handle);
      on(new Event.HandleDropped(reference, handle));
    }

    long lastHandle() {
      return handles;
    }

    /// The user code here takes a handle of a reference that it was given.
    long take(Reference reference) {
      on(new Event.HandlesAdded(List.of(reference), new long[] {++handles}));
      return handles;
    }

    void returns(Run run, List<Reference> inside) {
      on(
          new Event.Finished(
              run.execution, new TaskOutcome.Returned(List.of(inline(inside))), 1000));
    }

    void returnsStored(Run run, long size, Reference... inside) {
      on(new Event.Reserve(1, size));
      StoredValue value = new StoredValue(++editions, id, size, 7, List.of(inside));
      on(
          new Event.Finished(
              run.execution,
              new TaskOutcome.Returned(List.of(new Outcome.Stored(value, List.of()))),
              1000));
    }

    Run nextRun() {
      return runs.remove(0);
    }

    void on(Event event) {
      core.on(now, event);
      core.endOfBatch();
      deliver();
    }

    CoreView view() {
      return core.view();
    }

    /// The record of one of this worker's objects, which must be there.
    CoreView.OwnObject object(Reference reference) {
      return Invariants.present(view().object(reference), "record of " + reference);
    }

    @Override
    public void send(WorkerId to, long era, Message message) {
      links.add(new Sent(id, to, era, message));
    }

    @Override
    public void replicate(WorkerId to, HeirMessage message) {
      copies.add(new Copied(id, to, message));
    }

    @Override
    public void propose(Entry entry) {
      proposed.add(entry);
    }

    @Override
    public void closeLink(WorkerId peer) {}

    @Override
    public void run(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home) {
      runs.add(new Run(execution, spec, attempt, estate, home));
    }

    @Override
    public void cancel(long execution, CancelMode mode) {
      cancelled.add(execution);
    }

    @Override
    public void got(long request, Reference reference, Outcome outcome) {
      got.put(request, outcome);
    }

    @Override
    public void awaited(long request, int[] done) {
      awaited.put(request, done);
    }

    @Override
    public void reserved(long request, boolean granted) {
      Invariants.check(granted, "no room in a story");
    }

    @Override
    public void fetch(long fetch, CopyName copy, long size, long digest, List<WorkerId> holders) {
      boolean there =
          holders.stream()
              .map(nodes::get)
              .anyMatch(node ->
                  node != null
                      && node.alive
                      && node.view().copies().stream().anyMatch(c -> c.name().equals(copy)));
      fetches.add(() -> on(new Event.Fetched(fetch, there)));
    }

    @Override
    public void delete(CopyName copy) {
      deleted.add(copy);
    }

    @Override
    public void report(Report report) {
      reports.add(report);
    }
  }

  final Map<WorkerId, Node> nodes = new LinkedHashMap<>();
  private final ArrayDeque<Sent> links = new ArrayDeque<>();
  private final ArrayDeque<Copied> copies = new ArrayDeque<>();
  private final ArrayDeque<Entry> proposed = new ArrayDeque<>();
  private final ArrayDeque<Runnable> fetches = new ArrayDeque<>();
  private final List<Entry> log = new ArrayList<>();
  private boolean delivering;
  private boolean fetchesHeldBack;
  private @Nullable Class<?> heldBack;
  private final List<Sent> held = new ArrayList<>();
  private Predicate<Entry> proposalsHeldBack = _ -> false;
  private final List<Entry> heldProposals = new ArrayList<>();
  long now;

  /// How the estates of the workers that are made from now on are kept.
  HeirsConfig heirs = HeirsConfig.NONE;

  /// Whether messages between servers and heirs are lost.
  boolean heirsCutOff;

  /// Whether journals answer nothing any more.
  boolean journalFails;

  private final Map<WorkerId, TestJournal> journals = new LinkedHashMap<>();

  /// Room for small values in a message of the workers that are made from now on.
  long inlineTotalBytes = 1 << 20;

  /// Numbers that workers of an earlier cluster had.
  private int skipped;

  /// Workers that are made from now on have other ids than these.
  void skipIds(int count) {
    skipped += count;
  }

  Node driver() {
    return new Node(skipped + nodes.size() + 1, true);
  }

  Node worker() {
    return new Node(skipped + nodes.size() + 1, false);
  }

  /// Keeps an estate that a worker serves, or is to serve, in a journal of its.
  TestJournal journal(Node node, EstateId estate) {
    WorkerId journal = new WorkerId(node.id.high(), 99);
    TestJournal kept = new TestJournal(estate);
    journals.put(journal, kept);
    node.on(new Event.JournalOpened(estate, journal));
    return kept;
  }

  TestJournal journalOf(Node node) {
    return Invariants.present(journals.get(new WorkerId(node.id.high(), 99)), "journal");
  }

  static Outcome.Inline inline(List<Reference> inside) {
    return new Outcome.Inline(new Value(Payload.of(new byte[] {42}), inside));
  }

  /// Appends an entry; everybody follows it at once.
  void entry(Entry entry) {
    log.add(entry);
    for (Node node : List.copyOf(nodes.values())) {
      catchUp(node);
    }
    deliver();
  }

  private void catchUp(Node node) {
    while (node.alive && node.view().log().followed() < log.size()) {
      int next = (int) node.view().log().followed();
      node.core.on(now, new Event.EntryFollowed(next + 1, log.get(next)));
      node.core.endOfBatch();
    }
  }

  void kill(Node node) {
    node.alive = false;
    links.removeIf(sent -> sent.from.equals(node.id) || sent.to.equals(node.id));
    held.removeIf(sent -> sent.from.equals(node.id) || sent.to.equals(node.id));
    copies.removeIf(copied -> copied.from.equals(node.id) || copied.to.equals(node.id));
    entry(new Entry.Death(node.id, true, "killed"));
  }

  /// Keeps back messages of this kind (of either level) until [#deliverHeldBack()].
  void holdBack(Class<?> kind) {
    heldBack = kind;
  }

  /// Keeps proposals of such entries on their way until [#deliverHeldBack()].
  void holdBackProposals(Predicate<Entry> which) {
    proposalsHeldBack = which;
  }

  /// Keeps copies on their way until [#deliverHeldBack()]; what has left its holder comes all the
  /// same.
  void holdBackFetches() {
    fetchesHeldBack = true;
  }

  /// What was kept back until now, and nothing later, is lost with whom it was for.
  void deliverNothingHeldBack() {
    heldBack = null;
  }

  void deliverHeldBack() {
    deliverHeldBackBut(null);
  }

  /// The same, and keeps messages of this kind back from now on.
  void deliverHeldBackBut(@Nullable Class<?> kind) {
    fetchesHeldBack = false;
    heldBack = kind;
    links.addAll(held);
    held.clear();
    proposalsHeldBack = _ -> false;
    proposed.addAll(heldProposals);
    heldProposals.clear();
    deliver();
  }

  /// Lets time pass for everybody.
  void pass(long ns) {
    now += ns;
    for (Node node : List.copyOf(nodes.values())) {
      if (node.alive) {
        node.on(new Event.Tick());
      }
    }
  }

  void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    while (!links.isEmpty()
        || !copies.isEmpty()
        || !proposed.isEmpty()
        || (!fetches.isEmpty() && !fetchesHeldBack)) {
      Sent sent = links.poll();
      if (sent != null) {
        deliver(sent);
      } else if (!copies.isEmpty()) {
        deliver(copies.poll());
      } else if (!proposed.isEmpty()) {
        propose(proposed.poll());
      } else {
        fetches.poll().run();
      }
    }
    delivering = false;
  }

  private void propose(Entry entry) {
    if (proposalsHeldBack.test(entry)) {
      heldProposals.add(entry);
    } else {
      entry(entry);
    }
  }

  private void deliver(Sent sent) {
    Message inner = sent.message;
    Object kind = inner instanceof Message.ToEstate(_, _, var m) ? m : inner;
    if (heldBack != null && heldBack.isInstance(kind)) {
      held.add(sent);
      return;
    }
    Node node = nodes.get(sent.to);
    if (node == null || !node.alive) {
      return;
    }
    boolean live = sent.message instanceof Message.TaskPush;
    WireWriter out = new WireWriter(64);
    MessageCodec.write(sent.message, out);
    WireReader in = new WireReader(out.toBytes());
    Message copy = MessageCodec.read(in);
    in.expectEnd();
    Invariants.check(live || copy.getClass() == sent.message.getClass(), "another kind");
    node.core.on(now, new Event.Arrived(sent.from, sent.era, copy));
    node.core.endOfBatch();
  }

  private void deliver(Copied copied) {
    TestJournal journal = journals.get(copied.to);
    if (journal != null && copied.message instanceof HeirMessage.Part part) {
      HeirMessage.Received answer = journalFails ? null : journal.arrived(part);
      if (answer != null) {
        copies.add(new Copied(copied.to, copied.from, answer));
      }
      return;
    }
    Node node = nodes.get(copied.to);
    if (node == null || !node.alive || heirsCutOff) {
      return;
    }
    HeirMessage copy = HeirCodec.read(HeirCodec.write(copied.message));
    node.core.on(now, new Event.Replicated(copied.from, copy));
    node.core.endOfBatch();
  }

  /// Fails unless every living worker's tables are empty and nothing was reported as a violation.
  void expectNothingLeft() {
    for (Node node : nodes.values()) {
      if (node.alive) {
        node.view()
            .sizes()
            .forEach((table, size) ->
                Invariants.check(size == 0, "%s has %d %s left", node.id.brief(), size, table));
        Invariants.check(node.view().resourcesIdle(), "resources in use at %s", node.id.brief());
        Invariants.check(node.view().storedBytes() == 0, "bytes left at %s", node.id.brief());
      }
      for (Effects.Report report : node.reports) {
        Invariants.check(
            report.kind() != Effects.Report.Kind.PROTOCOL_VIOLATION, "%s", report.text());
      }
    }
  }
}
