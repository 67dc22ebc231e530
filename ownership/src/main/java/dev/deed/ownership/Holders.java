package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who holds which reference, and why: causes, cover and registration (protocol.md §6).
final class Holders {
  /*
   * State: for each foreign reference, its causes here, the messages and values that cover it, and what
   * is registered for it with its owner; for each message received and not released, the references in
   * it.  For each message given and not released its estate has the same.
   *
   * Messages: Registration, ReleaseKeeping (stream to an estate).
   *
   * Invariants: a message is released only when each reference in it has no cause here, or an
   * acknowledged registration, or is one of the giver's own, for which the release itself says so.  A
   * reference to a value is kept until the references read in it are safe without it.
   *
   * What is given up (by a release, or an unregistration) is given up when the heirs know why.
   *
   * Failure: when a giver's or an owner's death is followed, what it covered is registered at once, and
   * the death is answered when that is acknowledged.  What is held for a dead worker's sake, its
   * registrations and the messages given to it, stays until the death is clear.  Who serves an estate
   * after another has what it had borrowed of that as its own, and registers for what its records hold.
   */

  private final CoreContext context;
  private final Streams streams;
  private final OwnershipTable table;
  private final Map<Reference, Borrowed> borrowed = new LinkedHashMap<>();
  private final Consumer<Borrowed> settle = this::settle;
  private final Map<WorkerId, Set<Receipt>> receipts = new LinkedHashMap<>();

  Holders(CoreContext context, Streams streams, OwnershipTable table) {
    this.context = context;
    this.streams = streams;
    this.table = table;
  }

  // --- causes -----------------------------------------------------------------------------------

  /// Adds a cause. The reference is this worker's own, or it is covered by something at this
  /// moment.
  void hold(Reference reference, Cause cause) {
    if (context.serves(reference)) {
      ObjectRecord record = table.object(reference);
      if (record == null) {
        // Its former server may have handed it on before any heir knew of it.
        Estate estate = context.estates.of(reference.estate());
        record = estate == null ? null : Families.unknown(table, estate, reference.object());
      }
      if (record == null) {
        context.report(
            Effects.Report.Kind.PROTOCOL_VIOLATION, cause + " for an unknown object " + reference);
        return;
      }
      record.causes.add(cause);
    } else {
      Borrowed b = borrow(reference);
      b.causes.add(cause);
      if (b.registered() == Hold.LINEAGE && cause.hold() == Hold.VALUE) {
        register(b);
      }
    }
  }

  /// Takes a cause back, if it is there.
  void letGo(Reference reference, Cause cause) {
    if (context.serves(reference)) {
      ObjectRecord record = table.object(reference);
      if (record != null && record.causes.remove(cause)) {
        table.settleLater(record);
      }
    } else {
      Borrowed b = borrowed.get(reference);
      if (b != null && b.causes.remove(cause)) {
        b.dropped = true;
        settleLater(b);
      }
    }
  }

  /// The entry of a foreign reference, made if need be.
  Borrowed borrow(Reference reference) {
    return borrowed.computeIfAbsent(reference, Borrowed::new);
  }

  @Nullable Borrowed find(Reference reference) {
    return borrowed.get(reference);
  }

  Collection<Borrowed> borrowed() {
    return borrowed.values();
  }

  /// `inner` was found in the value of `outer`, which is held: it is covered by it, unless one of
  /// them is this worker's own.
  void cover(Reference inner, Reference outer) {
    if (!context.serves(inner) && !context.serves(outer)) {
      Borrowed covering = borrowed.get(outer);
      if (covering != null) {
        borrow(inner).coverBy(covering);
      }
    }
  }

  /// Message number `message` of the stream to its estate makes the object, and registers it for
  /// this worker, where `handle` holds it. 0 for an estate that nobody serves.
  void claimed(Reference reference, long handle, long message) {
    Borrowed b = borrow(reference);
    b.causes.add(new Cause.Handle(handle));
    if (message != 0) {
      b.register(Hold.VALUE, message);
      streams.awaitAcknowledgement(b, message);
    }
  }

  // --- giving -----------------------------------------------------------------------------------

  /// Hands references on to `to`: they are held until it releases the number. 0 when there are
  /// none.
  long give(WorkerId to, Collection<Reference> references) {
    if (references.isEmpty()) {
      return 0;
    }
    long number = context.nextNumber();
    List<Reference> once = List.copyOf(new LinkedHashSet<>(references));
    Give give = new Give(to, number, context.nextRecord(), once);
    context.estates.own.gives.put(number, give);
    context.estates.own.added(give);
    hold(give);
    return number;
  }

  private void hold(Give give) {
    Cause cause = give.cause();
    for (Reference reference : give.references()) {
      hold(reference, cause);
    }
  }

  private void letGo(Give give) {
    Cause cause = give.cause();
    for (Reference reference : give.references()) {
      letGo(reference, cause);
    }
  }

  /// A message that this worker had given to one that is dead goes to another, which is to release
  /// it; false when it has been released.
  boolean giveTo(long number, WorkerId next) {
    Estate own = context.estates.own;
    Give give = own.gives.get(number);
    if (give == null) {
      return false;
    }
    Give again = give.to(next);
    hold(again);
    own.gives.put(number, again);
    own.replaced(again);
    letGo(give);
    return true;
  }

  /// A message that this worker had given has been applied here, or is not to be applied by
  /// anybody.
  void takeBack(Estate estate, long number) {
    Give give = estate.gives.remove(number);
    if (give != null) {
      estate.gone(give);
      letGo(give);
    }
  }

  /// `from` has released a message of the estate's creator; what it keeps of the estate is
  /// registered first.
  void released(Estate estate, WorkerId from, long number, List<Message.Kept> kept) {
    Give give = estate.gives.get(number);
    boolean inherited = !estate.equals(context.estates.own);
    if (give == null && inherited) {
      // The dead server had given it when no heir knew of it yet.
      kept.forEach(keep -> registered(estate, from, keep.object(), keep.hold()));
      return;
    }
    // Nor of it that it had given it again, to the successor of one that had died.
    if (give == null || !(give.to().equals(from) || inherited)) {
      context.report(
          Effects.Report.Kind.PROTOCOL_VIOLATION,
          from.brief() + " released message " + number + ", which it had not been given");
      return;
    }
    for (Message.Kept keep : kept) {
      registered(estate, from, keep.object(), keep.hold());
    }
    takeBack(estate, number);
  }

  /// A holder says how it holds an object of the estate from now on.
  void registered(Estate estate, WorkerId holder, ObjectId object, Hold hold) {
    ObjectRecord record = estate.objects.get(object);
    if (record == null && hold != Hold.NONE) {
      record = Families.unknown(table, estate, object);
    }
    if (record == null || holder.equals(context.id)) {
      // The holder had it from a value that is gone by now, and has dropped it itself: its
      // unregistration follows.
      return;
    }
    if (hold == Hold.NONE && isOfMainAt(holder, record)) {
      record.letGoByMain(holder);
    } else {
      record.setHolder(holder, hold);
    }
    table.settleLater(record);
  }

  /// Whether main, of which the holder is the driver, called or put the object.
  private boolean isOfMainAt(WorkerId holder, ObjectRecord record) {
    return record.estate != context.estates.own
        && record.holders().containsKey(holder)
        && context
            .log
            .jobOf(record.estate.id)
            .filter(job -> job.driver().equals(holder) && job.main().equals(record.parent()))
            .isPresent();
  }

  // --- receiving --------------------------------------------------------------------------------

  /// A message has brought references. Null when it needs no release.
  @Nullable Receipt receive(WorkerId giver, long number, Collection<Reference> references) {
    if (number == 0) {
      return null;
    }
    List<Borrowed> brought = new ArrayList<>(references.size());
    for (Reference reference : new LinkedHashSet<>(references)) {
      if (!context.serves(reference)) {
        brought.add(borrow(reference));
      }
    }
    Receipt receipt = new Receipt(giver, number, brought);
    for (Borrowed b : brought) {
      b.receipts.add(receipt);
    }
    receipts.computeIfAbsent(giver, _ -> new LinkedHashSet<>()).add(receipt);
    return receipt;
  }

  /// What the message was for has ended: it is released as soon as may be.
  void finish(@Nullable Receipt receipt) {
    if (receipt == null || receipt.finished) {
      return;
    }
    receipt.finished = true;
    if (!tryRelease(receipt)) {
      context.at(context.now() + context.config.releaseDelayNs(), new Due.ReleaseDue(receipt));
    }
  }

  /// Ends a message with a release that travels in the next message of the stream to the giver's
  /// estate: what of that estate is kept. Null when it can't be released now; it is released later
  /// then.
  @Nullable List<Message.Kept> finishWithNext(Receipt receipt) {
    receipt.finished = true;
    if (!releasable(receipt)) {
      context.at(context.now() + context.config.releaseDelayNs(), new Due.ReleaseDue(receipt));
      return null;
    }
    return close(receipt, streams.nextNumber(new EstateId(receipt.giver)));
  }

  /// The handles that are left have had their time.
  void releaseDue(Receipt receipt) {
    receipt.due = true;
    tryRelease(receipt);
  }

  private boolean tryRelease(Receipt receipt) {
    if (receipt.released || !receipt.finished || !releasable(receipt)) {
      return receipt.released;
    }
    EstateId estate = new EstateId(receipt.giver);
    List<Message.Kept> kept = close(receipt, streams.nextNumber(estate));
    streams.send(estate, new Message.EstateMessage.ReleaseKeeping(receipt.number, kept));
    return true;
  }

  /// Whether every reference in the message is safe without it. Where not, and the time for handles
  /// to go is over, it is registered.
  private boolean releasable(Receipt receipt) {
    boolean giverClosed = context.log.closed(new EstateId(receipt.giver));
    boolean now = receipt.due || context.log.dead(receipt.giver);
    boolean releasable = true;
    for (Borrowed b : receipt.brought) {
      releasable &= told(b);
      if (b.causes.isEmpty()) {
        releasable &= innersSafe(b, now);
      } else if (!safe(b) && (giverClosed || !receipt.ofGiver(b))) {
        if (now) {
          register(b);
        }
        releasable = false;
      }
    }
    return releasable;
  }

  private List<Message.Kept> close(Receipt receipt, long nextNumber) {
    receipt.released = true;
    Set<Receipt> ofGiver = receipts.get(receipt.giver);
    if (ofGiver != null && ofGiver.remove(receipt) && ofGiver.isEmpty()) {
      receipts.remove(receipt.giver);
    }
    List<Message.Kept> kept = new ArrayList<>();
    boolean giverLives = !context.log.closed(new EstateId(receipt.giver));
    for (Borrowed b : receipt.brought) {
      b.receipts.remove(receipt);
      Hold hold = toRegister(b);
      if (giverLives && receipt.ofGiver(b) && hold != Hold.NONE) {
        kept.add(new Message.Kept(b.reference.object(), hold));
        b.register(hold, nextNumber);
        streams.awaitAcknowledgement(b, nextNumber);
      }
      settleLater(b);
    }
    return kept;
  }

  // --- registration and cover -------------------------------------------------------------------

  /// Whether the heirs know why the causes that have gone are gone; where not, it is looked at
  /// again when they do.
  private boolean told(Borrowed b) {
    if (b.dropped) {
      b.dropped = false;
      b.givenUp = context.gate.batch();
    }
    if (context.gate.passed(b.givenUp)) {
      return true;
    }
    if (!b.waitsForHeirs) {
      b.waitsForHeirs = true;
      context.gate.after(() -> {
        b.waitsForHeirs = false;
        settleLater(b);
      });
    }
    return false;
  }

  private void register(Borrowed b) {
    Hold hold = toRegister(b);
    if (hold == b.registered() || hold == Hold.NONE) {
      return;
    }
    long number = sendRegistration(b, hold);
    if (number != 0) {
      streams.awaitAcknowledgement(b, number);
    }
    if (hold != b.causes.hold()) {
      // It becomes lineage when what was read in it is registered, which begins in a later step:
      // values that contain each other would ask each other for ever here.
      settleLater(b);
    }
  }

  /// What its owner is to be told of a reference. What was read in its value is covered by it: the
  /// value must not go before they are registered, even if it is held for lineage alone, and not
  /// while the owner is asked for it.
  private Hold toRegister(Borrowed b) {
    Hold hold = b.causes.hold();
    boolean inUse = b.asking != 0 || !innersSafe(b, false);
    return hold == Hold.LINEAGE && inUse ? Hold.VALUE : hold;
  }

  private long sendRegistration(Borrowed b, Hold hold) {
    long number =
        streams.send(
            b.reference.estate(),
            new Message.EstateMessage.Registration(b.reference.object(), hold));
    b.register(hold, number);
    return number;
  }

  /// Whether the owner is known to know of all that is held here; an estate that is closed needs
  /// not.
  private boolean safe(Borrowed b) {
    return context.log.closed(b.reference.estate())
        || (b.registered().compareTo(b.causes.hold()) >= 0
            && b.registered() != Hold.NONE
            && streams.acknowledged(b.reference.estate(), b.registration()));
  }

  /// Whether the references read in the value of `b` are safe without `b`; where not, and `now`,
  /// they are registered.
  private boolean innersSafe(Borrowed b, boolean now) {
    return b.inners().isEmpty() || innersSafe(b, now, only(b));
  }

  private boolean innersSafe(Borrowed b, boolean now, Set<Borrowed> seen) {
    boolean safe = true;
    for (Borrowed inner : b.inners()) {
      if (!seen.add(inner)) {
        continue;
      }
      if (inner.causes.isEmpty()) {
        safe &= told(inner);
        safe &= innersSafe(inner, now, seen);
      } else if (!safe(inner)) {
        if (now) {
          register(inner);
        }
        safe = false;
      }
    }
    return safe;
  }

  /// What a walk along cover has seen at its beginning: values may contain each other, or
  /// themselves.
  private static Set<Borrowed> only(Borrowed b) {
    Set<Borrowed> seen = new HashSet<>();
    seen.add(b);
    return seen;
  }

  /// Looks at an entry after something of it has changed, in a later step.
  void settleLater(Borrowed b) {
    context.later(settle, b);
  }

  private void settle(Borrowed b) {
    settleAlone(b);
    if (b.outers().isEmpty()) {
      return;
    }
    // What covers it, and so on outwards, may wait for it: each is looked at once.
    Set<Borrowed> seen = only(b);
    Deque<Borrowed> open = new ArrayDeque<>(b.outers());
    Borrowed next;
    while ((next = open.poll()) != null) {
      if (seen.add(next)) {
        settleAlone(next);
        open.addAll(next.outers());
      }
    }
  }

  private void settleAlone(Borrowed b) {
    if (borrowed.get(b.reference) != b) {
      return;
    }
    for (Receipt receipt : List.copyOf(b.receipts)) {
      tryRelease(receipt);
    }
    Hold hold = b.causes.hold();
    if (hold != Hold.NONE) {
      if (b.registered() != Hold.NONE
          && b.registered() != hold
          && (hold == Hold.VALUE || (b.asking == 0 && innersSafe(b, true) && told(b)))) {
        register(b);
      }
      return;
    }
    if (b.receipts.isEmpty() && !b.hasWaiters() && innersSafe(b, true) && told(b)) {
      remove(b);
    }
  }

  private void remove(Borrowed b) {
    borrowed.remove(b.reference);
    for (Borrowed inner : List.copyOf(b.inners())) {
      inner.uncover(b);
    }
    for (Borrowed outer : List.copyOf(b.outers())) {
      b.uncover(outer);
      settleLater(outer);
    }
    if (b.registered() != Hold.NONE && !context.log.closed(b.reference.estate())) {
      sendRegistration(b, Hold.NONE);
    }
  }

  /// A registration, or a release that kept it, is acknowledged.
  void acknowledged(Borrowed b) {
    settleLater(b);
  }

  // --- deaths -----------------------------------------------------------------------------------

  /// A death is followed: all that the dead worker, or a value of the estates that it served, had
  /// brought is registered with its owners now.
  void followDeath(WorkerId dead, Set<EstateId> served) {
    registerAllOf(dead);
    for (Borrowed b : List.copyOf(borrowed.values())) {
      if (served.contains(b.reference.estate())) {
        b.inners().forEach(inner -> demand(inner, only(b)));
        settleLater(b);
      }
    }
  }

  /// The records of an estate are there, and messages that waited for them are applied: some of
  /// them may be of workers whose deaths have been followed meanwhile.
  void inherited() {
    for (WorkerId giver : List.copyOf(receipts.keySet())) {
      if (context.log.dead(giver)) {
        registerAllOf(giver);
      }
    }
  }

  private void registerAllOf(WorkerId dead) {
    for (Receipt receipt : List.copyOf(receipts.getOrDefault(dead, Set.of()))) {
      receipt.due = true;
      receipt.brought.forEach(b -> demand(b, new HashSet<>()));
      tryRelease(receipt);
    }
  }

  private void demand(Borrowed b, Set<Borrowed> seen) {
    if (!seen.add(b)) {
      return;
    }
    if (context.log.closed(b.reference.estate()) || b.causes.isEmpty()) {
      b.inners().forEach(inner -> demand(inner, seen));
    } else if (!safe(b)) {
      register(b);
    }
  }

  /// The deaths of these workers are clear: what was held for their sake is given up.
  void clear(Collection<WorkerId> dead) {
    for (ObjectRecord record : table.objects()) {
      boolean changed = false;
      for (WorkerId worker : dead) {
        if (record.holders().containsKey(worker)) {
          record.setHolder(worker, Hold.NONE);
          changed = true;
        }
      }
      if (changed) {
        table.settleLater(record);
      }
    }
    for (Estate estate : context.estates.all()) {
      for (Give give : estate.gives.inOrder()) {
        if (dead.contains(give.to())) {
          takeBack(estate, give.message());
        }
      }
    }
  }

  // --- succession -------------------------------------------------------------------------------

  /// Messages of `giver` that have not been released, for a roll call.
  List<Long> unreleased(WorkerId giver) {
    List<Long> numbers = new ArrayList<>();
    receipts.getOrDefault(giver, Set.of()).forEach(receipt -> numbers.add(receipt.number));
    return numbers;
  }

  /// A record of an inherited estate holds a reference. One of an object of which nothing is known
  /// is held by nobody.
  void restore(Reference reference, Cause cause) {
    if (!context.serves(reference)) {
      borrow(reference).causes.add(cause);
      return;
    }
    ObjectRecord record = table.object(reference);
    if (record != null) {
      record.causes.add(cause);
    }
  }

  /// An estate has been closed: its references are held for nothing.
  void closed(EstateId estate) {
    for (Borrowed b : List.copyOf(borrowed.values())) {
      if (b.reference.estate().equals(estate)) {
        settleLater(b);
      }
    }
  }

  /// This worker serves the estate from here on: what it had borrowed of it is its own, with its
  /// causes. Returns the entries, whose waiters are to be served otherwise.
  List<Borrowed> takeOver(Estate estate) {
    List<Borrowed> taken = new ArrayList<>();
    for (Borrowed b : List.copyOf(borrowed.values())) {
      if (!b.reference.estate().equals(estate.id)) {
        continue;
      }
      borrowed.remove(b.reference);
      taken.add(b);
      ObjectRecord record = estate.objects.get(b.reference.object());
      if (record == null && !b.causes.isEmpty()) {
        record = Families.unknown(table, estate, b.reference.object());
      }
      if (record != null) {
        b.causes.list().forEach(record.causes::add);
        record.setHolder(context.id, Hold.NONE);
      }
      for (Borrowed inner : List.copyOf(b.inners())) {
        inner.uncover(b);
        demand(inner, new HashSet<>());
      }
      for (Borrowed outer : List.copyOf(b.outers())) {
        b.uncover(outer);
        settleLater(outer);
      }
      for (Receipt receipt : List.copyOf(b.receipts)) {
        receipt.brought.remove(b);
        context.later(() -> tryRelease(receipt));
      }
    }
    return taken;
  }

  /// What a record of an inherited estate holds has no cover here: it is registered now.
  void registerNow(Reference reference) {
    Borrowed b = borrowed.get(reference);
    if (b != null) {
      demand(b, new HashSet<>());
    }
  }

  /// Messages given and not released.
  int given() {
    return context.estates.all().stream().mapToInt(estate -> estate.gives.size()).sum();
  }

  /// Messages received and not released.
  int received() {
    return receipts.values().stream().mapToInt(Set::size).sum();
  }
}
