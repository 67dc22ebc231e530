package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.ownership.heirs.EstateImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the records of an inherited estate from its image and the roll call (protocol.md §4,
/// §6.4).
final class Inheritance {
  /*
   * Order: the image is completed; records are made of it; they hold what they hold; what this worker had
   * borrowed of the estate becomes its own; what came meanwhile is applied; copies are found; each
   * unfinished task goes on; what the records hold of others is registered.
   * Invariants: nothing is freed before the death is clear.  A task that may be under way at a living
   * worker is joined there, and not begun a second time.
   */
  private final CoreContext context;
  private final OwnershipTable table;
  private final Streams streams;
  private final Holders holders;
  private final Tasks tasks;
  private final TaskStops stops;
  private final Locations locations;
  private final Values values;
  private final Images images;
  private final Families families;
  private final Homes homes;
  private final Heirs heirs;

  Inheritance(
      CoreContext context,
      OwnershipTable table,
      Streams streams,
      Holders holders,
      Tasks tasks,
      TaskStops stops,
      Locations locations,
      Values values,
      Images images,
      Families families,
      Homes homes,
      Heirs heirs) {
    this.context = context;
    this.table = table;
    this.streams = streams;
    this.holders = holders;
    this.tasks = tasks;
    this.stops = stops;
    this.locations = locations;
    this.values = values;
    this.images = images;
    this.families = families;
    this.homes = homes;
    this.heirs = heirs;
  }

  /// All have answered: the estate is served from here on. Returns it.
  ///
  /// @param local applies what this worker itself had sent to the dead server
  Estate complete(Takeover takeover, Streams.Local local) {
    Estate estate = new Estate(takeover.estate, takeover.epoch, context);
    estate.heldUntil = takeover.death;
    context.estates.inherit(estate);
    // From here on what waits for heirs waits for those of this estate, who hold nothing of it yet.
    heirs.follow();
    List<ObjectRecord> objects = read(estate, takeover);
    List<TaskRecord> restored = new ArrayList<>();
    estate.tasks.forEach(restored::add);
    restored.sort(null);
    Set<Reference> held = hold(estate, restored, objects);
    restored.forEach(tasks::restored);
    families.mainMayComeBack(estate);
    estate.families.values().forEach(family -> families.hold(estate, family));
    homes.inherited(estate);
    List<Borrowed> taken = holders.takeOver(estate);
    joinAtWork(estate, takeover);
    for (Message.EstateMessage message : streams.takeOver(estate.id, estate)) {
      local.apply(estate.id, message, () -> {});
    }
    Runnable waiting;
    while ((waiting = takeover.waiting.poll()) != null) {
      waiting.run();
    }
    streams.forgetDead(estate);
    dropWhatNobodyHas(estate, takeover);
    find(estate, takeover, objects);
    Set<TaskRecord> atWork = atWork(estate, takeover);
    for (TaskRecord task : restored) {
      if (task.live()) {
        tasks.decide(task, atWork.contains(task), stops::lost);
        table.forgetIfDone(task);
      }
    }
    values.takeOver(taken);
    held.forEach(holders::registerNow);
    context.report(
        Effects.Report.Kind.INHERITED,
        "serves estate "
            + estate.id
            + " at epoch "
            + estate.epoch
            + " with "
            + estate.tasks.size()
            + " tasks and "
            + estate.objects.size()
            + " objects");
    return estate;
  }

  // --- records ----------------------------------------------------------------------------------

  private List<ObjectRecord> read(Estate estate, Takeover takeover) {
    Images.Restored restored = images.takeRestored(estate.id);
    EstateImage image = restored == null ? images.take(estate.id) : restored.image();
    if (image == null) {
      return List.of();
    }
    takeover.calls.forEach((_, call) -> image.complete(call.beyond()));
    List<ObjectRecord> objects = new ArrayList<>();
    Map<Long, TaskSpec> specs = new LinkedHashMap<>();
    image
        .records()
        .forEach((key, bytes) -> {
          switch (decode(bytes)) {
            case null -> {}
            case EstateRecord.Specification(TaskSpec spec) -> specs.put(key + 1, spec);
            case EstateRecord.Progress progress -> {
              TaskSpec spec = specs.remove(key);
              if (spec != null) {
                TaskRecord task = new TaskRecord(estate, spec, context.nextRecord());
                restore(task, progress, objects);
              }
            }
            case EstateRecord.Ended ended -> {
              TaskRecord task = new TaskRecord(estate, ended, context.nextRecord());
              restore(task, ended.progress(), objects);
            }
            case EstateRecord.Put put -> {
              ObjectRecord object =
                  new ObjectRecord(
                      estate,
                      put.id(),
                      null,
                      put.origin(),
                      put.parent(),
                      Keeping.ESTATE,
                      context.nextRecord());
              object.unknown = put.parent() == null;
              if (put.copies() > 1 && put.object().state() == ObjectRecord.State.STORED) {
                object.replication = Replication.inherited(put.copies(), put.made());
              }
              restore(object, put.object(), objects);
              estate.added(object);
            }
            case EstateRecord.Given given -> {
              if (!gone(given.to())) {
                Give give =
                    new Give(given.to(), given.message(), context.nextRecord(), given.references());
                estate.gives.put(give.message(), give);
                estate.added(give);
              }
            }
            case EstateRecord.Kept(TaskId parent, EstateId owner) -> {
              Family family = new Family(parent, owner, context.nextRecord());
              estate.families.put(parent, family);
              estate.added(family);
            }
            case EstateRecord.Applied(WorkerId sender, long through) -> {
              Incoming stream = new Incoming(sender, context.nextRecord());
              stream.applied = through;
              estate.incoming.put(sender, stream);
              estate.added(stream);
            }
          }
        });
    if (restored != null) {
      // What main had called is held by it, whose calls are made here once more.
      Family before = estate.families.remove(restored.main());
      if (before != null) {
        estate.gone(before);
      }
      EstateId own = context.estates.own.id;
      Family family = new Family(restored.main(), own, context.nextRecord());
      estate.families.put(restored.main(), family);
      estate.added(family);
    }
    return objects;
  }

  private @Nullable EstateRecord decode(byte[] bytes) {
    try {
      return EstateRecord.read(new WireReader(bytes));
    } catch (MalformedException malformed) {
      context.report(
          Effects.Report.Kind.PROTOCOL_VIOLATION, "a damaged record of an heir: " + malformed);
      return null;
    }
  }

  private void restore(
      TaskRecord task, EstateRecord.Progress progress, List<ObjectRecord> objects) {
    task.state = progress.state();
    task.attempt = progress.attempt();
    task.retriesLeft = progress.retriesLeft();
    task.durationNs = progress.durationNs();
    task.retained = progress.retained();
    task.evicted = progress.evicted();
    task.executor = progress.executor();
    task.home = progress.home();
    task.liveReturns = progress.results().size();
    for (EstateRecord.Result result : progress.results()) {
      if (result.index() < task.returns.length) {
        ObjectRecord object =
            new ObjectRecord(
                task.estate,
                task.id.result(result.index()),
                task,
                task.origin,
                null,
                Keeping.ESTATE,
                0);
        task.returns[result.index()] = object;
        restore(object, result.object(), objects);
      }
    }
    task.estate.tasks.put(task);
    task.estate.added(task);
  }

  private void restore(
      ObjectRecord object, EstateRecord.ObjectState state, List<ObjectRecord> objects) {
    object.state = state.state();
    object.digest = state.digest();
    switch (state.outcome()) {
      case Outcome.Stored stored -> {
        object.stored = stored.value();
        for (WorkerId holder : stored.holders()) {
          if (!context.log.dead(holder)) {
            object.locations().add(holder);
          }
        }
      }
      case null, default -> object.outcome = state.outcome();
    }
    state
        .holders()
        .forEach((holder, hold) -> {
          if (gone(holder) || holder.equals(context.id)) {
            return;
          }
          if (hold == Hold.NONE) {
            object.letGoByMain(holder);
          } else {
            object.setHolder(holder, hold);
          }
        });
    object.estate.objects.put(object);
    objects.add(object);
  }

  /// Whether nothing is held for the worker's sake any more.
  private boolean gone(WorkerId worker) {
    return context.log.dead(worker) && context.log.deathOf(worker) <= context.log.clear();
  }

  // --- causes -----------------------------------------------------------------------------------

  /// The records hold what they hold; returns that.
  private Set<Reference> hold(
      Estate estate, List<TaskRecord> restored, List<ObjectRecord> objects) {
    Set<Reference> held = new LinkedHashSet<>();
    for (TaskRecord task : restored) {
      TaskSpec spec = task.spec;
      if (spec != null) {
        Lineages.forEachReference(
            spec,
            (reference, i) -> {
              held.add(reference);
              holders.restore(reference, task.retained ? task.lineage(i) : task.argument(i));
            });
      }
    }
    for (ObjectRecord object : objects) {
      List<Reference> inside = inside(object);
      held.addAll(inside);
      inside.forEach(
          reference -> holders.restore(reference, new Cause.Contained(object.reference())));
    }
    for (Give give : estate.gives.inOrder()) {
      held.addAll(give.references());
      give.references().forEach(reference -> holders.restore(reference, give.cause()));
    }
    return held;
  }

  private static List<Reference> inside(ObjectRecord object) {
    if (object.stored != null) {
      return object.stored.references();
    }
    return object.outcome instanceof Outcome.Inline inline
        ? inline.value().references()
        : List.of();
  }

  // --- the roll call ----------------------------------------------------------------------------

  /// Tasks that are at living workers are joined, also where the dead server had pushed them
  /// without its heirs' knowing. One of which nothing is known was called by what died with the
  /// server.
  private void joinAtWork(Estate estate, Takeover takeover) {
    takeover.calls.forEach((worker, call) -> {
      if (context.log.dead(worker)) {
        return;
      }
      for (Message.RollCall.AtWork one : call.tasks()) {
        TaskRecord task = estate.tasks.get(one.task());
        if (task != null) {
          tasks.joined(task, worker, one.attempt());
        } else {
          stops.unknown(estate.id, one.task(), one.attempt(), worker);
        }
      }
    });
  }

  /// The tasks whose recorded attempt is at a living worker.
  private Set<TaskRecord> atWork(Estate estate, Takeover takeover) {
    Set<TaskRecord> atWork = new LinkedHashSet<>();
    takeover.calls.forEach((worker, call) -> {
      for (Message.RollCall.AtWork one : call.tasks()) {
        TaskRecord task = estate.tasks.get(one.task());
        if (task != null && task.attempt == one.attempt() && worker.equals(task.executor)) {
          if (!context.log.dead(worker)) {
            atWork.add(task);
          }
        }
      }
    });
    return atWork;
  }

  /// Messages that the creator of the estate had given, and that never came, or are released.
  private void dropWhatNobodyHas(Estate estate, Takeover takeover) {
    for (Give give : estate.gives.inOrder()) {
      Message.RollCall call = takeover.calls.get(give.to());
      if (call != null && !call.unreleased().contains(give.message())) {
        holders.takeBack(estate, give.message());
      }
    }
  }

  /// Copies are where the roll call says, besides where the records do.
  private void find(Estate estate, Takeover takeover, List<ObjectRecord> objects) {
    for (ObjectRecord object : objects) {
      // Who has died meanwhile may still have told of copies.
      if (object.live() && object.state == ObjectRecord.State.STORED) {
        object.locations().removeIf(context.log::dead);
      }
    }
    Set<Reference> kept = new LinkedHashSet<>();
    takeover.calls.forEach((worker, call) -> {
      if (!context.log.dead(worker)) {
        for (Message.RollCall.Copy copy : call.copies()) {
          Reference reference = estate.reference(copy.object());
          locations.located(worker, reference, copy.value(), copy.primary());
          if (copy.primary()) {
            kept.add(reference);
          }
        }
      }
    });
    for (ObjectRecord object : objects) {
      if (object.live() && object.state == ObjectRecord.State.STORED) {
        locations.inherited(object, kept.contains(object.reference()));
      }
    }
  }
}
