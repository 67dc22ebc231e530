package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.RecordLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The heirs of the estates that this worker serves: who they are to be, and what they are sent
/// (protocol.md §3).
final class Heirs {
  /*
   * State: the heirs are in the membership log; here is what has been proposed about them, who has
   * declined, and the journals, of which no other worker knows.
   * Messages: Part (to heirs), Received, Declined (from them); entries Heirs and Close.
   * Invariants: an heir is proposed as full when it holds the whole image.  A living heir is not
   * replaced by another that would be chosen now; only one that declines is.
   * Failure: proposals and messages may be lost, and are repeated.  A journal that fails answers nothing:
   * what waits for it waits until this worker ends.
   */
  private static final long PROPOSE_AGAIN_NS = 200_000_000L;

  /// A journal on this worker's disk, which is told what heirs are told and never succeeds.
  ///
  /// @param full whether it holds the whole image
  private record Journal(WorkerId id, boolean full) {}

  /// A proposal that has not appeared in the log.
  private record Proposed(Entry entry, long dueNs) {}

  private final CoreContext context;
  private final Executions executions;
  private final HeirsConfig config;
  private final Map<EstateId, Proposed> proposed = new LinkedHashMap<>();
  private final Map<EstateId, Set<WorkerId>> declined = new LinkedHashMap<>();
  private final Map<EstateId, Journal> journals = new LinkedHashMap<>();

  /// When it is looked at next; [Long#MAX_VALUE] for not at all.
  private long armedNs = Long.MAX_VALUE;

  Heirs(CoreContext context, Executions executions) {
    this.context = context;
    this.executions = executions;
    this.config = context.config.heirs();
  }

  /// Whether there are ever any.
  private boolean wanted() {
    return config.mode() != HeirsConfig.Mode.NONE;
  }

  /// An entry about members or heirs has been followed, or an estate inherited.
  void follow() {
    if (!wanted()) {
      return;
    }
    boolean fewer = false;
    for (Estate estate : context.estates.all()) {
      RecordLog log = log(estate);
      List<WorkerId> joining = new ArrayList<>();
      List<WorkerId> full = new ArrayList<>();
      for (Entry.Heir heir : context.log.heirs(estate.id)) {
        (heir.full() ? full : joining).add(heir.worker());
      }
      fewer |= full.size() < Math.min(config.count(), candidates(estate, Set.of()).size());
      Journal journal = journals.get(estate.id);
      if (journal != null) {
        (journal.full ? full : joining).add(journal.id);
        fewer |= !journal.full;
      }
      log.follow(joining, full);
    }
    context.gate.heirsChanged(fewer);
    watch();
  }

  /// The estate, if it is served here, is kept in a journal as well from here on.
  void journal(EstateId estate, WorkerId id) {
    Invariants.check(wanted(), "a journal where there are no heirs");
    journals.put(estate, new Journal(id, false));
    follow();
  }

  /// The journal holds the whole image: it counts as an heir from here on.
  private void journalComplete(Estate estate, WorkerId from) {
    Journal journal = journals.get(estate.id);
    if (journal != null
        && !journal.full
        && journal.id.equals(from)
        && log(estate).complete().contains(from)) {
      journals.put(estate.id, new Journal(from, true));
      follow();
    }
  }

  private static RecordLog log(Estate estate) {
    return Invariants.present(estate.log, "log of an estate with heirs").log();
  }

  /// An heir has answered.
  void arrived(WorkerId from, HeirMessage message) {
    Estate estate = context.estates.of(message.estate());
    if (estate == null || estate.log == null || message.epoch() != estate.epoch) {
      return;
    }
    switch (message) {
      case HeirMessage.Received received -> {
        log(estate).received(from, received, context.now());
        journalComplete(estate, from);
      }
      case HeirMessage.Declined no -> {
        log(estate).declined(from, no);
        declined.computeIfAbsent(estate.id, _ -> new LinkedHashSet<>()).add(from);
      }
      case HeirMessage.Part _ -> throw new IllegalStateException("parts go to the images");
    }
    context.gate.advance();
    watch();
  }

  /// Proposes what is due, and sees to it that what is lost is repeated.
  void watch() {
    if (!wanted()) {
      return;
    }
    long due = Long.MAX_VALUE;
    for (Estate estate : context.estates.all()) {
      propose(estate);
      due = Math.min(due, log(estate).repeatDueNs());
    }
    for (Proposed open : proposed.values()) {
      due = Math.min(due, open.dueNs);
    }
    arm(due);
  }

  /// A batch has been sent: it may have been lost.
  void sent() {
    long due = Long.MAX_VALUE;
    for (Estate estate : context.estates.all()) {
      if (estate.log != null) {
        due = Math.min(due, log(estate).repeatDueNs());
      }
    }
    arm(due);
  }

  private void arm(long due) {
    if (due < armedNs) {
      armedNs = Math.max(due, context.now() + 1);
      context.at(armedNs, new Due.HeirsDue());
    }
  }

  /// The time of a repetition has come.
  void due() {
    if (context.now() < armedNs) {
      // An earlier time has been set since, and has passed.
      return;
    }
    armedNs = Long.MAX_VALUE;
    for (Estate estate : context.estates.all()) {
      if (estate.log != null) {
        log(estate).repeat(context.now());
      }
    }
    watch();
  }

  /// The estate is served here no longer.
  void forget(EstateId estate) {
    proposed.remove(estate);
    declined.remove(estate);
    journals.remove(estate);
  }

  private void propose(Estate estate) {
    Entry entry = next(estate);
    if (entry == null || !context.log.lives(context.id)) {
      proposed.remove(estate.id);
      return;
    }
    Proposed open = proposed.get(estate.id);
    if (open != null && open.entry.equals(entry) && context.now() < open.dueNs) {
      return;
    }
    proposed.put(estate.id, new Proposed(entry, context.now() + PROPOSE_AGAIN_NS));
    context.effects.propose(entry);
  }

  /// What the log should say next of the estate, or null.
  private @Nullable Entry next(Estate estate) {
    // A parent that its owner has given up may still run: its calls come here until it ends.
    if (estate != context.estates.own
        && estate.frees()
        && estate.isEmpty()
        && !executions.callIn(estate.id)) {
      return new Entry.Close(estate.id, estate.epoch);
    }
    List<Entry.Heir> now = context.log.heirs(estate.id);
    Set<WorkerId> refused = declined.getOrDefault(estate.id, Set.of());
    List<WorkerId> complete = log(estate).complete();
    List<Entry.Heir> next = new ArrayList<>();
    for (Entry.Heir heir : now) {
      if (!refused.contains(heir.worker())) {
        next.add(new Entry.Heir(heir.worker(), heir.full() || complete.contains(heir.worker())));
      }
    }
    List<WorkerId> others = candidates(estate, refused);
    next.forEach(heir -> others.remove(heir.worker()));
    for (WorkerId other : others) {
      if (next.size() >= config.count()) {
        break;
      }
      next.add(new Entry.Heir(other, false));
    }
    return next.equals(now)
        ? null
        : new Entry.Heirs(estate.id, estate.epoch, context.log.heirsVersion(estate.id), next);
  }

  /// Workers that may be heirs of the estate: those of other hosts first, and among equals in an
  /// order that depends on the estate, so that the heirs of many estates are spread.
  private List<WorkerId> candidates(Estate estate, Set<WorkerId> but) {
    List<Member> members = new ArrayList<>();
    for (Member member : context.log.members()) {
      if (!member.driver() && !member.id().equals(context.id) && !but.contains(member.id())) {
        members.add(member);
      }
    }
    members.sort(
        Comparator.comparing((Member member) -> member.hostId().equals(context.self.hostId()))
            .thenComparingLong(member -> weight(estate.id, member.id()))
            .thenComparing(Member::id, Comparator.comparing(WorkerId::toString)));
    List<WorkerId> ids = new ArrayList<>();
    members.forEach(member -> ids.add(member.id()));
    return ids;
  }

  private static long weight(EstateId estate, WorkerId worker) {
    return Mixing.mix(
        Mixing.mix(estate.creator().high(), estate.creator().low()),
        Mixing.mix(worker.high(), worker.low()));
  }
}
