package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The home's side of adoption: what tasks had called and put here, before the worker they ran at
/// died, is kept until they have ended (protocol.md §5).
final class Families {
  /*
   * State: for each inherited estate the tasks that may come back, in the estate; objects of which
   * nothing is known but that they are wanted.
   * Invariants: what such a task had called or put is held by it.  What nobody wants when it is settled
   * is cancelled and freed.  An object that its parent can't make known any more fails, whichever tasks
   * may come back else: they may wait for it.
   * The main of a job is such a task, whose estate is its own home.  Whether it may come back says the
   * membership log, so its family is in no image; while a driver runs it, what that has called is held by
   * the driver.
   * Failure: a task whose own estate is closed is settled; for one whose estate has another server that
   * one is asked.
   */
  private final CoreContext context;
  private final OwnershipTable table;
  private final Streams streams;
  private final TaskStops stops;
  private final Values values;

  Families(
      CoreContext context, OwnershipTable table, Streams streams, TaskStops stops, Values values) {
    this.context = context;
    this.table = table;
    this.streams = streams;
    this.stops = stops;
    this.values = values;
  }

  /// A task of `owner`, whose server was `from`, will come back.
  void unsettled(Estate estate, TaskId parent, EstateId owner, WorkerId from) {
    if (context.log.closed(owner) || estate.families.containsKey(parent)) {
      return;
    }
    Family family = new Family(parent, owner, context.nextRecord());
    estate.families.put(parent, family);
    estate.added(family);
    hold(estate, family);
    if (context.log.server(owner).filter(from::equals).isEmpty()) {
      // It has another server by now, who may not know of the task.
      ask(estate, family);
    }
  }

  /// What a task had called and put is held by it. What the main of a job that is resumed by now
  /// has called is held by its driver.
  void hold(Estate estate, Family family) {
    WorkerId driver = family.isOfMain() ? livingDriver(estate) : null;
    estate.objects.forEach(object -> {
      boolean held = driver != null && object.holders().containsKey(driver);
      if (family.parent().equals(object.parent()) && !held) {
        object.causes.add(family.cause());
      }
    });
  }

  /// The records of an estate are there, and it is served: what the owners said to its former
  /// server, or what became of them, may have come too early for this one.
  void inherited(Estate estate) {
    for (Family family : List.copyOf(estate.families.values())) {
      if (family.isOfMain()) {
        continue;
      }
      if (context.log.closed(family.owner())) {
        settled(estate, family.parent());
      } else if (!family.owner().equals(context.estates.own.id)) {
        // What begins again here is known here.
        ask(estate, family);
      }
    }
  }

  // --- the main of a job ------------------------------------------------------------------------

  private @Nullable WorkerId livingDriver(Estate estate) {
    return context.log.jobOf(estate.id).map(Job::driver).filter(context.log::lives).orElse(null);
  }

  /// The records of an estate are being made: if it is a job's, main may come back, unless it runs
  /// here, with the job's journal.
  void mainMayComeBack(Estate estate) {
    context
        .log
        .jobOf(estate.id)
        .filter(job -> !job.driver().equals(context.id))
        .ifPresent(job -> {
          Family family = new Family(job.main(), estate.id, context.nextRecord(), true);
          Family before = estate.families.put(job.main(), family);
          if (before != null) {
            // Where main ran with its journal it was a task like others.
            estate.gone(before);
          }
        });
  }

  /// The driver of the estate's job has called or put an object, at this moment or once more.
  void claimed(Estate estate, ObjectRecord record, WorkerId driver) {
    record.setHolder(driver, Hold.VALUE);
    Family family = ofMain(estate);
    if (family != null && context.log.lives(driver)) {
      record.causes.remove(family.cause());
    } else if (family != null) {
      record.causes.add(family.cause());
    }
  }

  private @Nullable Family ofMain(Estate estate) {
    for (Family family : estate.families.values()) {
      // Nothing else is executed by a driver.
      if (family.isOfMain()
          || (context.self.driver() && family.owner().equals(context.estates.own.id))) {
        return family;
      }
    }
    return null;
  }

  /// A worker is dead: if it ran the main of a job, that may come back.
  void followDeath(WorkerId dead) {
    for (Estate estate : context.estates.inherited()) {
      Family family = ofMain(estate);
      if (family != null
          && context.log.jobOf(estate.id).filter(job -> job.driver().equals(dead)).isPresent()) {
        hold(estate, family);
      }
    }
  }

  /// The job is over: main will not come back.
  void jobEnded(EstateId id) {
    Estate estate = context.estates.of(id);
    Family family = estate == null ? null : ofMain(estate);
    if (estate != null && family != null) {
      estate.endedMain = family.parent();
      settled(estate, family.parent());
      cancelCallsOf(estate, family.parent());
    }
  }

  /// Nothing is held for those any more who are dead: tasks that the driver of an ended job had
  /// called may be of use to nobody.
  void holdersCleared() {
    for (Estate estate : context.estates.inherited()) {
      TaskId main = estate.endedMain;
      if (main != null) {
        cancelCallsOf(estate, main);
      }
    }
  }

  /// Cancels what an ended main has called, the last time or before, as far as nobody wants it.
  private void cancelCallsOf(Estate estate, TaskId main) {
    Set<TaskRecord> called = new LinkedHashSet<>();
    estate.tasks.forEach(task -> {
      if (task.parent.equals(main)) {
        called.add(task);
      }
    });
    cancelUnwanted(estate, called);
  }

  // --- tasks ------------------------------------------------------------------------------------

  /// A task has ended.
  void settled(Estate estate, TaskId parent) {
    Family family = estate.families.remove(parent);
    if (family == null) {
      return;
    }
    if (!family.isOfMain()) {
      estate.gone(family);
    }
    Set<TaskRecord> left = new LinkedHashSet<>();
    estate.objects.forEach(object -> {
      if (object.causes.remove(family.cause())) {
        table.settleLater(object);
        if (object.creator != null && !object.creator.adopted) {
          left.add(object.creator);
        }
      }
    });
    cancelUnwanted(estate, left);
    failUnknown(estate);
  }

  /// The estate frees from here on: what nobody wants is given up, and what nobody can make known
  /// has failed.
  void cleared(Estate estate) {
    Set<TaskRecord> all = new LinkedHashSet<>();
    estate.tasks.forEach(task -> {
      if (!task.adopted) {
        all.add(task);
      }
    });
    cancelUnwanted(estate, all);
    failUnknown(estate);
  }

  private void cancelUnwanted(Estate estate, Set<TaskRecord> tasks) {
    if (!estate.frees()) {
      // Those who want one may not have said so yet. When they have, all are looked at again.
      return;
    }
    for (TaskRecord task : tasks) {
      if (!isWanted(task)) {
        stops.unwanted(task);
      }
    }
  }

  private static boolean isWanted(TaskRecord task) {
    for (ObjectRecord result : task.returns) {
      if (result != null && (result.wanted() != Hold.NONE || result.hasWaiters())) {
        return true;
      }
    }
    return false;
  }

  private void failUnknown(Estate estate) {
    List<ObjectRecord> unknown = new ArrayList<>();
    estate.objects.forEach(object -> {
      if (object.unknown && !estate.mayLearn(object.id)) {
        unknown.add(object);
      }
    });
    for (ObjectRecord object : unknown) {
      object.unknown = false;
      table.fill(object, values.ownerDied(object.reference()));
      values.completed(object);
    }
  }

  /// Estates are closed: their tasks will not come back.
  void followClosed() {
    for (Estate estate : context.estates.inherited()) {
      for (Family family : List.copyOf(estate.families.values())) {
        if (context.log.closed(family.owner())) {
          settled(estate, family.parent());
        }
      }
    }
  }

  /// These estates have new servers, who may not know of all their tasks.
  void followServers(Set<EstateId> moved) {
    for (Estate estate : context.estates.inherited()) {
      for (Family family : estate.families.values()) {
        if (!family.isOfMain() && moved.contains(family.owner())) {
          ask(estate, family);
        }
      }
    }
  }

  private void ask(Estate estate, Family family) {
    streams.send(family.owner(), new Message.EstateMessage.Settling(family.parent(), estate.id));
  }

  /// The record of an object that somebody wants, and of which nothing is known yet; null if
  /// nothing will be.
  static @Nullable ObjectRecord unknown(OwnershipTable table, Estate estate, ObjectId id) {
    return estate.mayLearn(id) ? table.createUnknown(estate, id) : null;
  }
}
