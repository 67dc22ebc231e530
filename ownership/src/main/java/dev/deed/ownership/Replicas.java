package dev.deed.ownership;

import dev.deed.lineage.Mixing;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sees to it that a put with several copies has and keeps them.
final class Replicas {
  /*
   * State: in the records of such puts, see Replication.
   * Messages: MakeCopy (to workers); Located, Declined (stream to this estate).
   * Invariants: nobody is told of the value before as many workers keep a copy as it was put with, or as
   * can be asked.  One worker at a time makes a copy.  A kept copy stays until it is freed with the value.
   * Failure: when a holder dies another worker is asked, from any copy that is left; so is one for a
   * worker that dies while it makes a copy or can't get the bytes.  If none has room, a put that has not
   * returned fails; later the value stays with fewer until somebody joins or dies.  A successor finds the
   * copies by the roll call, and goes on.
   */
  private static final long FIRST_PAUSE_NS = 5_000_000L;
  private static final int LONGEST_PAUSE = 8;

  private final CoreContext context;
  private final OwnershipTable table;
  private final Fetches fetches;
  private final Values values;
  private final Consumer<ObjectRecord> look = this::look;

  Replicas(CoreContext context, OwnershipTable table, Fetches fetches, Values values) {
    this.context = context;
    this.table = table;
    this.fetches = fetches;
    this.values = values;
  }

  /// Something has changed about the copies of a value: more may have to be made.
  void lookLater(ObjectRecord record) {
    Replication copies = record.replication;
    if (copies != null && !copies.looking) {
      copies.looking = true;
      context.later(look, record);
    }
  }

  private void look(ObjectRecord record) {
    Replication copies = record.replication;
    if (copies == null) {
      return;
    }
    copies.looking = false;
    if (!record.live() || record.locations().isEmpty()) {
      return;
    }
    if (copies.kept.size() >= copies.wanted) {
      made(record, copies);
    } else if (copies.asked == null && !copies.paused) {
      WorkerId next = next(record, copies);
      if (next != null) {
        copies.asked = next;
        ask(next, record);
      } else if (!copies.failed.isEmpty()) {
        pause(record, copies);
      } else if (copies.made || copies.inherited || copies.full.isEmpty()) {
        made(record, copies);
      } else {
        fail(record, copies);
      }
    }
  }

  /// Who is to make the next copy: one that has the bytes, or else one of another host than those
  /// that keep copies, in an order that depends on the object.
  private @Nullable WorkerId next(ObjectRecord record, Replication copies) {
    Set<String> hosts = new HashSet<>();
    List<Member> others = new ArrayList<>();
    for (Member member : context.log.members()) {
      WorkerId id = member.id();
      if (copies.kept.contains(id)) {
        hosts.add(member.hostId());
      } else if (!member.driver() && !copies.full.contains(id) && !copies.failed.contains(id)) {
        others.add(member);
      }
    }
    return others.stream()
        .min(
            Comparator.comparing((Member member) -> !record.locations().contains(member.id()))
                .thenComparing(member -> hosts.contains(member.hostId()))
                .thenComparingLong(member -> weight(record.id, member.id()))
                .thenComparing(Member::id, Comparator.comparing(WorkerId::toString)))
        .map(Member::id)
        .orElse(null);
  }

  private static long weight(ObjectId object, WorkerId worker) {
    return Mixing.mix(
        Mixing.mix(object.task().high(), object.task().low()),
        Mixing.mix(worker.high(), worker.low()));
  }

  private void ask(WorkerId worker, ObjectRecord record) {
    StoredValue value = Invariants.present(record.stored, "description of a stored value");
    List<WorkerId> holders = List.copyOf(record.locations());
    if (worker.equals(context.id)) {
      fetches.keep(record.reference(), new Outcome.Stored(value, holders));
    } else {
      context.send(worker, new Message.MakeCopy(record.reference(), value, holders));
    }
  }

  private void pause(ObjectRecord record, Replication copies) {
    copies.paused = true;
    int exponent = Math.min(copies.pauses++, LONGEST_PAUSE);
    context.at(context.now() + (FIRST_PAUSE_NS << exponent), new Due.CopyDue(record, copies));
  }

  /// The pause after failed attempts is over.
  void again(ObjectRecord record, Replication copies) {
    if (record.replication == copies) {
      copies.paused = false;
      copies.failed.clear();
      lookLater(record);
    }
  }

  private void made(ObjectRecord record, Replication copies) {
    if (copies.made) {
      return;
    }
    copies.made = true;
    record.changed();
    if (copies.kept.size() < copies.wanted) {
      context.report(
          Effects.Report.Kind.FEWER_COPIES,
          "of the value put at "
              + Recovery.site(record.origin)
              + " there are "
              + copies.kept.size()
              + " copies, not "
              + copies.wanted
              + ": no other worker can be asked");
    }
    values.completed(record);
  }

  private void fail(ObjectRecord record, Replication copies) {
    StringBuilder full = new StringBuilder();
    copies.full.forEach(worker -> full.append(full.isEmpty() ? "" : ", ").append(worker.brief()));
    long bytes = Invariants.present(record.stored, "description of a stored value").size();
    table.giveUpValue(record);
    table.fill(
        record,
        new Outcome.Failed(
            Failure.of(
                Failure.Kind.OUT_OF_STORAGE,
                copies.kept.size()
                    + " of "
                    + copies.wanted
                    + " copies of "
                    + bytes
                    + " bytes could be made: there is no room in the stores of "
                    + full
                    + "; raise store-bytes, drop references, or put with fewer replicas")));
    values.completed(record);
  }

  // --- news of copies ---------------------------------------------------------------------------

  /// A worker has a copy.
  ///
  /// @param kept whether it keeps it until it is told otherwise
  void located(ObjectRecord record, WorkerId from, boolean kept) {
    Replication copies = record.replication;
    if (copies == null) {
      return;
    }
    if (kept) {
      copies.kept.add(from);
      forget(copies, from);
    }
    lookLater(record);
  }

  /// A worker that was asked to make a copy has none.
  void declined(WorkerId from, CopyName name, boolean full) {
    ObjectRecord record = table.object(name.reference());
    Replication copies = record == null ? null : record.replication;
    StoredValue value = record == null ? null : record.stored;
    if (record == null
        || copies == null
        || value == null
        || !from.equals(copies.asked)
        || !CopyName.of(name.reference(), value).equals(name)) {
      return;
    }
    copies.asked = null;
    (full ? copies.full : copies.failed).add(from);
    lookLater(record);
  }

  /// A worker has no copy any more, or is dead: then it makes none either.
  void left(ObjectRecord record, WorkerId worker, boolean dead) {
    Replication copies = record.replication;
    if (copies == null) {
      return;
    }
    copies.kept.remove(worker);
    if (dead) {
      forget(copies, worker);
      copies.full.clear();
    }
    lookLater(record);
  }

  private static void forget(Replication copies, WorkerId worker) {
    if (worker.equals(copies.asked)) {
      copies.asked = null;
    }
    copies.full.remove(worker);
    copies.failed.remove(worker);
  }

  /// There is another worker, which may have room.
  void followJoin() {
    for (ObjectRecord record : table.objects()) {
      Replication copies = record.replication;
      if (copies != null && copies.kept.size() < copies.wanted) {
        copies.full.clear();
        lookLater(record);
      }
    }
  }
}
