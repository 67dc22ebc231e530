package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.WorkerId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds out how an object came out, whoever owns it, and tells those who wait for it.
///
/// For an own object the record says it; for a foreign one the owner is asked, once for all who
/// wait here (the paper's dereference by a borrower).
final class Values {
  /// Those who are told.
  interface Listener {
    /// `waiter` waited for `reference`.
    void done(Waiter waiter, Reference reference, Outcome outcome);
  }

  private final CoreContext context;
  private final OwnershipTable table;
  private final Holders holders;
  private final Locations locations;
  private final TaskLeases leases;
  private final Listener listener;
  private final LongTable<Borrowed> questions = new LongTable<>();

  Values(
      CoreContext context,
      OwnershipTable table,
      Holders holders,
      Locations locations,
      TaskLeases leases,
      Listener listener) {
    this.context = context;
    this.table = table;
    this.holders = holders;
    this.locations = locations;
    this.leases = leases;
    this.listener = listener;
  }

  /// What is known now, or null.
  @Nullable Outcome known(Reference reference) {
    if (context.serves(reference)) {
      ObjectRecord record = wanted(reference);
      if (record == null) {
        return unknown(reference);
      }
      return readable(record) ? table.outcome(record) : null;
    }
    if (context.log.closed(reference.estate())) {
      return ownerDied(reference);
    }
    Borrowed b = holders.find(reference);
    return b == null ? null : b.outcome;
  }

  /// Tells `waiter` when there is an outcome, which is sought from now on. To be called when
  /// [#known(Reference)] is null, by somebody who holds the reference.
  void await(Reference reference, Waiter waiter) {
    if (context.serves(reference)) {
      ObjectRecord record = table.object(reference);
      if (record == null) {
        context.later(() -> listener.done(waiter, reference, unknown(reference)));
        return;
      }
      record.addWaiter(waiter);
      locations.want(record);
      if (waiter instanceof Waiter.OfGet && record.creator != null) {
        leases.hurry(record.creator);
      }
    } else {
      Borrowed b = holders.borrow(reference);
      b.addWaiter(waiter);
      ask(b, null);
    }
  }

  /// A copy could not be had: `waiter` is told when another, or the same once more, is to be tried.
  void useless(Reference reference, CopyName copy, Waiter waiter) {
    if (context.serves(reference)) {
      ObjectRecord record = table.object(reference);
      if (record != null) {
        record.addWaiter(waiter);
        locations.doubt(record, copy);
        return;
      }
      context.later(() -> listener.done(waiter, reference, unknown(reference)));
    } else if (context.log.closed(reference.estate())) {
      context.later(() -> listener.done(waiter, reference, ownerDied(reference)));
    } else {
      Borrowed b = holders.borrow(reference);
      b.addWaiter(waiter);
      b.outcome = null;
      ask(b, copy);
    }
  }

  private void ask(Borrowed b, @Nullable CopyName useless) {
    if (b.asking != 0) {
      return;
    }
    WorkerId owner = context.log.server(b.reference.estate()).orElse(null);
    if (owner == null) {
      if (context.log.closed(b.reference.estate())) {
        context.later(() -> tell(b, ownerDied(b.reference)));
      }
      return;
    }
    if (owner.equals(context.id)) {
      // The record is on its way: this worker has inherited the estate.
      return;
    }
    b.asking = context.nextNumber();
    questions.put(b.asking, b);
    context.send(owner, new Message.ValueRequest(b.asking, b.reference, useless));
  }

  /// Another worker asks for an object of this estate.
  void asked(WorkerId from, Message.ValueRequest question) {
    if (context.log.dead(from)) {
      // It had asked while the estate was being inherited.
      return;
    }
    Reference reference = question.reference();
    ObjectRecord record = wanted(reference);
    if (record == null || givenUp(record)) {
      // The asker held it once; what covered it has been given up since, so it wants no answer.
      answer(from, question.request(), reference, unknown(reference));
      return;
    }
    CopyName useless = question.useless();
    if (readable(record) && (useless == null || !locations.current(record, useless))) {
      answer(from, question.request(), reference, table.outcome(record));
      return;
    }
    record.addWaiter(new Waiter.OfAsker(from, question.request()));
    if (useless != null && readable(record)) {
      locations.doubt(record, useless);
    } else {
      locations.want(record);
    }
  }

  /// Whether its value went when nobody wanted it, and nobody does.
  private static boolean givenUp(ObjectRecord record) {
    return record.state == ObjectRecord.State.RELEASED && record.wantedValue() != Hold.VALUE;
  }

  private void answer(WorkerId to, long request, Reference reference, Outcome outcome) {
    context.send(to, new Message.ValueAnswer(request, reference, outcome));
  }

  /// The owner has answered.
  void answered(Message.ValueAnswer answer) {
    Borrowed b = questions.remove(answer.request());
    if (b == null || b.asking != answer.request()) {
      return;
    }
    b.asking = 0;
    tell(b, answer.outcome());
  }

  /// An owner needs a copy no longer: what it has answered about that copy is out of date.
  void freed(CopyName copy) {
    Borrowed b = holders.find(copy.reference());
    if (b != null
        && b.outcome instanceof Outcome.Stored(StoredValue value, _)
        && CopyName.of(b.reference, value).equals(copy)) {
      b.outcome = null;
    }
  }

  private void tell(Borrowed b, Outcome outcome) {
    if (holders.find(b.reference) == b && !context.log.closed(b.reference.estate())) {
      b.outcome = outcome;
    }
    for (Waiter waiter : b.takeWaiters()) {
      listener.done(waiter, b.reference, outcome);
    }
    holders.settleLater(b);
  }

  /// An own object is done, or can be read once more: its waiters are told.
  void completed(ObjectRecord record) {
    if (!readable(record)) {
      return;
    }
    List<Waiter> waiters = record.takeWaiters();
    if (!waiters.isEmpty()) {
      Reference reference = record.reference();
      Outcome outcome = table.outcome(record);
      for (Waiter waiter : waiters) {
        if (waiter instanceof Waiter.OfAsker(WorkerId asker, long request)) {
          answer(asker, request, reference, outcome);
        } else {
          listener.done(waiter, reference, outcome);
        }
      }
    }
    table.settleLater(record);
  }

  private static boolean readable(ObjectRecord record) {
    return record.done()
        && record.hiddenUntil == 0
        && (record.state != ObjectRecord.State.STORED || !record.locations().isEmpty())
        && (record.replication == null || record.replication.made);
  }

  /// A waiter has lost its interest.
  void forget(Reference reference, java.util.function.Predicate<Waiter> gone) {
    if (context.serves(reference)) {
      ObjectRecord record = table.object(reference);
      if (record != null) {
        record.removeWaiters(gone);
        table.settleLater(record);
      }
    } else {
      Borrowed b = holders.find(reference);
      if (b != null) {
        b.removeWaiters(gone);
        holders.settleLater(b);
      }
    }
  }

  /// The worker's death is followed: it wants no answers.
  void followDeath(WorkerId dead) {
    for (ObjectRecord record : table.objects()) {
      if (record.hasWaiters()) {
        record.removeWaiters(
            w -> w instanceof Waiter.OfAsker(WorkerId asker, _) && asker.equals(dead));
        table.settleLater(record);
      }
    }
  }

  /// These estates have another server, or are closed: those who wait for values of closed ones are
  /// told, for the others the new server is asked. What the former one had answered, the heirs may
  /// not know of, nor of what stands in it.
  void followServers(Set<EstateId> served) {
    for (Borrowed b : questions.inOrder()) {
      if (served.contains(b.reference.estate())) {
        questions.remove(b.asking);
      }
    }
    for (Borrowed b : List.copyOf(holders.borrowed())) {
      if (!served.contains(b.reference.estate())) {
        continue;
      }
      b.asking = 0;
      b.outcome = null;
      if (context.log.closed(b.reference.estate())) {
        tell(b, ownerDied(b.reference));
      } else if (b.hasWaiters()) {
        ask(b, null);
      }
    }
  }

  /// Those who waited here for values of an estate that this worker has inherited wait for its
  /// records now.
  void takeOver(List<Borrowed> taken) {
    for (Borrowed b : taken) {
      questions.remove(b.asking);
      for (Waiter waiter : b.takeWaiters()) {
        Outcome known = known(b.reference);
        if (known != null) {
          context.later(() -> listener.done(waiter, b.reference, known));
        } else {
          await(b.reference, waiter);
        }
      }
    }
  }

  Outcome ownerDied(Reference reference) {
    return new Outcome.Failed(
        Failure.of(
            Failure.Kind.OWNER_DIED,
            "the owner of "
                + reference.object()
                + ", worker "
                + reference.estate().creator().brief()
                + ", died with its records; run its parent task again to make it anew"));
  }

  /// The record of an object of an estate that is served here, made if somebody may still make the
  /// object known.
  private @Nullable ObjectRecord wanted(Reference reference) {
    Estate estate = context.estates.of(reference.estate());
    if (estate == null) {
      return null;
    }
    ObjectRecord record = estate.objects.get(reference.object());
    return record != null ? record : Families.unknown(table, estate, reference.object());
  }

  private Outcome unknown(Reference reference) {
    if (!reference.estate().equals(context.estates.own.id)) {
      return ownerDied(reference);
    }
    return new Outcome.Failed(
        Failure.of(
            Failure.Kind.LOST_NO_LINEAGE,
            "the owner has no record of " + reference.object() + " (this is a defect of Deed)"));
  }

  /// Questions that have not been answered.
  int open() {
    return questions.size();
  }
}
