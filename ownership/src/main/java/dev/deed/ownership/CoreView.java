package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.EstateImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A look into a core between two events, for checkers, `deed memory` and leak checks. It changes
/// nothing and costs as much as there is to be seen.
public final class CoreView {

  /// An object of an estate that the worker serves.
  ///
  /// @param failure why it has no value and never will, or null
  /// @param locations workers with a copy, the primary one first
  /// @param size bytes of the value, 0 while there is none
  /// @param name of the task that makes it, or of the put
  /// @param site where that was called
  public record OwnObject(
      Reference reference,
      String state,
      Failure.@Nullable Kind failure,
      List<Cause> causes,
      Map<WorkerId, Hold> holders,
      List<WorkerId> locations,
      long size,
      boolean recreatable,
      String name,
      String site) {}

  /// A foreign reference.
  ///
  /// @param registered what the last registration said
  /// @param acknowledged whether the owner has acknowledged it
  /// @param givers workers whose unreleased messages brought it
  /// @param outers references in whose values it was read
  public record ForeignReference(
      Reference reference,
      List<Cause> causes,
      Hold registered,
      boolean acknowledged,
      List<WorkerId> givers,
      List<Reference> outers) {}

  /// A task of an estate that the worker serves.
  public record OwnTask(
      EstateId estate,
      TaskId id,
      String state,
      int attempt,
      int retriesLeft,
      @Nullable WorkerId executor) {}

  /// Calls of the estates that the worker serves, since it began.
  ///
  /// @param made calls, with those that were made again for a value that was lost
  /// @param ended those of them that have a value or a failure
  public record CallCount(long made, long ended) {}

  /// A task that is queued or executing in the worker.
  public record OpenExecution(long id, WorkerId owner, TaskId task, int attempt, String state) {}

  /// A copy in the worker's store.
  public record StoredCopy(CopyName name, long size, boolean primary, int pins) {}

  private final CoreContext context;
  private final OwnershipTable table;
  private final Streams streams;
  private final Holders holders;
  private final StoreIndex store;
  private final Lineages lineages;
  private final Tasks tasks;
  private final TaskLeases leases;
  private final Values values;
  private final Fetches fetches;
  private final Reads reads;
  private final Awaits awaits;
  private final Executions executions;
  private final Barrier barrier;
  private final Eras eras;
  private final Images images;
  private final Takeovers takeovers;

  CoreView(
      CoreContext context,
      OwnershipTable table,
      Streams streams,
      Holders holders,
      StoreIndex store,
      Lineages lineages,
      Tasks tasks,
      TaskLeases leases,
      Values values,
      Fetches fetches,
      Reads reads,
      Awaits awaits,
      Executions executions,
      Barrier barrier,
      Eras eras,
      Images images,
      Takeovers takeovers) {
    this.context = context;
    this.table = table;
    this.streams = streams;
    this.holders = holders;
    this.store = store;
    this.lineages = lineages;
    this.tasks = tasks;
    this.leases = leases;
    this.values = values;
    this.fetches = fetches;
    this.reads = reads;
    this.awaits = awaits;
    this.executions = executions;
    this.barrier = barrier;
    this.eras = eras;
    this.images = images;
    this.takeovers = takeovers;
  }

  /// The worker's objects.
  public List<OwnObject> objects() {
    List<OwnObject> objects = new ArrayList<>();
    for (ObjectRecord record : table.objects()) {
      objects.add(view(record));
    }
    return objects;
  }

  /// One of the worker's objects, or null.
  public @Nullable OwnObject object(Reference reference) {
    ObjectRecord record = table.object(reference);
    return record == null ? null : view(record);
  }

  private static OwnObject view(ObjectRecord record) {
    long size = 0;
    if (record.stored != null) {
      size = record.stored.size();
    } else if (record.outcome instanceof Outcome.Inline inline) {
      size = inline.value().size();
    }
    boolean stored = record.state == ObjectRecord.State.STORED;
    Map<WorkerId, Hold> holders = new LinkedHashMap<>(record.holders());
    holders.values().removeIf(Hold.NONE::equals);
    return new OwnObject(
        record.reference(),
        record.state.name(),
        record.outcome instanceof Outcome.Failed(Failure failure) ? failure.kind() : null,
        record.causes.list(),
        holders,
        stored ? List.copyOf(record.locations()) : List.of(),
        size,
        record.recreatable(),
        record.origin.name(),
        record.origin.site());
  }

  /// The worker's foreign references.
  public List<ForeignReference> foreign() {
    List<ForeignReference> foreign = new ArrayList<>();
    for (Borrowed b : holders.borrowed()) {
      foreign.add(view(b));
    }
    return foreign;
  }

  /// One foreign reference, or null.
  public @Nullable ForeignReference foreign(Reference reference) {
    Borrowed b = holders.find(reference);
    return b == null ? null : view(b);
  }

  private ForeignReference view(Borrowed b) {
    boolean acknowledged =
        b.registered() != Hold.NONE && streams.acknowledged(b.reference.estate(), b.registration());
    return new ForeignReference(
        b.reference,
        b.causes.list(),
        b.registered(),
        acknowledged,
        b.receipts.stream().map(receipt -> receipt.giver).toList(),
        b.outers().stream().map(outer -> outer.reference).toList());
  }

  /// The worker's tasks.
  public List<OwnTask> tasks() {
    List<OwnTask> tasks = new ArrayList<>();
    for (TaskRecord task : table.tasks()) {
      tasks.add(view(task));
    }
    return tasks;
  }

  /// One of the worker's tasks, or null.
  public @Nullable OwnTask task(EstateId estate, TaskId id) {
    TaskRecord task = table.task(estate, id);
    return task == null ? null : view(task);
  }

  private static OwnTask view(TaskRecord task) {
    return new OwnTask(
        task.estate.id, task.id, task.state.name(), task.attempt, task.retriesLeft, task.executor);
  }

  /// How many calls were made in this worker so far. It costs nothing.
  public CallCount callCount() {
    return tasks.callCount();
  }

  /// What is queued or executing.
  public List<OpenExecution> executions() {
    List<OpenExecution> open = new ArrayList<>();
    for (Execution e : executions.open()) {
      open.add(new OpenExecution(e.id, e.owner, e.spec.id(), e.attempt, e.state.name()));
    }
    return open;
  }

  /// The estates that the worker serves and whose records are complete, its own first.
  public List<EstateId> estates() {
    return context.estates.all().stream().map(estate -> estate.id).toList();
  }

  /// What the heirs of an estate that the worker serves are to have, by key; empty when it has
  /// never any.
  public Map<Long, byte[]> estateRecords(EstateId id) {
    Map<Long, byte[]> records = new LinkedHashMap<>();
    Estate estate = context.estates.of(id);
    if (estate != null && estate.log != null) {
      for (long key : estate.log.keys()) {
        WireWriter out = new WireWriter(64);
        if (estate.log.write(key, out)) {
          records.put(key, out.toBytes());
        }
      }
    }
    return records;
  }

  /// What the worker has as an heir of an estate, or null when it is none.
  public @Nullable EstateImage image(EstateId estate) {
    return images.of(estate);
  }

  /// The copies in the store.
  public List<StoredCopy> copies() {
    List<StoredCopy> copies = new ArrayList<>();
    for (StoreIndex.Copy copy : store.copies()) {
      copies.add(new StoredCopy(copy.name, copy.value.size(), copy.primary, copy.pins));
    }
    return copies;
  }

  /// The membership log as followed.
  public MembershipLog log() {
    return context.log;
  }

  /// Bytes of sealed copies.
  public long storedBytes() {
    return store.used();
  }

  /// Bytes reserved for copies that are being written.
  public long reservedBytes() {
    return store.reserved();
  }

  /// Bytes kept for lineage alone.
  public long lineageBytes() {
    return lineages.bytes();
  }

  /// Whether no resources are in use.
  public boolean resourcesIdle() {
    return executions.resources().idle();
  }

  /// Number of entries of each table that must be empty when nothing is held and nothing under way.
  public Map<String, Long> sizes() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    sizes.put("objects", (long) table.objectCount());
    sizes.put("tasks", (long) table.taskCount());
    sizes.put("foreign references", (long) holders.borrowed().size());
    sizes.put("messages given", (long) holders.given());
    sizes.put("messages received", (long) holders.received());
    sizes.put("messages unacknowledged", streams.unacknowledged());
    sizes.put("executions", (long) executions.open().size());
    sizes.put("copies", (long) store.copies().size());
    sizes.put("tasks waiting for a place", (long) leases.waiting());
    sizes.put("leases", (long) leases.held());
    sizes.put("questions", (long) values.open());
    sizes.put("fetches", (long) fetches.open());
    sizes.put("reads", (long) reads.open());
    sizes.put("waits", (long) awaits.open());
    sizes.put("messages held back", (long) eras.held());
    sizes.put("estates being inherited", (long) takeovers.size());
    sizes.put("what waits for heirs", (long) context.gate.size());
    sizes.put("deaths to answer", barrier.owes() ? 1L : 0L);
    return sizes;
  }

  /// Whether a call or a put of the main that runs here, which makes the object, is not
  /// acknowledged by the server of its estate.
  public boolean makes(Reference reference) {
    return streams.makes(reference);
  }
}
