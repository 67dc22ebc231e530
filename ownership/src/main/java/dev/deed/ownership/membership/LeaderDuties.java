package dev.deed.ownership.membership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.MembershipLeaseKeeper;
import dev.deed.ownership.membership.MembershipMessage.Entries;
import dev.deed.ownership.membership.MembershipMessage.Fence;
import dev.deed.ownership.membership.MembershipMessage.JoinAnswer;
import dev.deed.ownership.membership.MembershipMessage.LeaderHint;
import dev.deed.ownership.membership.MembershipMessage.LeaseGranted;
import dev.deed.ownership.membership.MembershipMessage.LeaseRenewal;
import dev.deed.ownership.membership.MembershipMessage.Propose;
import dev.deed.ownership.membership.MembershipMessage.ProposeAnswer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the leader of the replicated log does for the members: it appends, streams entries, grants
/// leases, declares death and publishes the fence.
final class LeaderDuties {
  /*
   * State: NOT → ELECTED (its first entry is on the way) → LEADING (it has committed: leases are kept from
   * here on).  Each append has a *ticket*; tickets rise over all terms of this process.  The
   * outcome of a ticket from an earlier term finds nothing here.
   *
   * An entry is on its way at most once: who proposes it again waits for the same ticket.
   */
  private enum Phase {
    NOT,
    ELECTED,
    LEADING
  }

  private static final int MAX_MARKS = 10;

  private record Waiter(WorkerId worker, long proposal) {}

  private record Append(long ticket, Entry entry, List<Waiter> waiters) {}

  private static final class Position {
    long followed;
    long sent;
    long sentAtRenewal;
  }

  private final MembershipState state;
  private final MembershipLeaseKeeper keeper;
  private final Map<WorkerId, Position> positions = new LinkedHashMap<>();
  private final Map<Long, Append> appends = new LinkedHashMap<>();
  private Phase phase = Phase.NOT;
  private boolean founder;
  private long tickets;
  private long firstTicket;
  private long markCreditNs;

  LeaderDuties(MembershipState state) {
    this.state = state;
    this.keeper = new MembershipLeaseKeeper(state.config.leaseNs(), state.config.marginNs());
  }

  void found() {
    founder = true;
  }

  boolean leading() {
    return phase == Phase.LEADING;
  }

  void elected(long nowNs) {
    stop();
    phase = Phase.ELECTED;
    markCreditNs = nowNs - MAX_MARKS * markGapNs();
    state.leader(Optional.of(state.id()));
    firstTicket = append(new Entry.Mark());
  }

  void stop() {
    phase = Phase.NOT;
    keeper.stop();
    positions.clear();
    appends.clear();
  }

  private long append(Entry entry) {
    tickets++;
    appends.put(tickets, new Append(tickets, entry, new ArrayList<>()));
    keeper.appending(tickets);
    state.effects.append(tickets, entry);
    return tickets;
  }

  /// In the long run no more marks than one each so often; a few may come at once.
  private long markGapNs() {
    return state.config.retryNs() / 2;
  }

  /// Appends unless the same entry is on its way.
  void appendOnce(Entry entry) {
    if (phase == Phase.LEADING && appends.values().stream().noneMatch(a -> a.entry.equals(entry))) {
      append(entry);
    }
  }

  void appended(long ticket, boolean committed, long nowNs) {
    Append append = appends.remove(ticket);
    if (append == null) {
      return;
    }
    if (!committed) {
      keeper.failed(ticket);
      return;
    }
    if (phase == Phase.ELECTED) {
      lead(nowNs);
    }
    for (MembershipLeaseKeeper.Grant grant : keeper.committed(ticket)) {
      state.send(grant.worker(), new LeaseGranted(grant.number(), state.fence()));
    }
    for (Waiter waiter : append.waiters) {
      state.send(
          waiter.worker, new ProposeAnswer(waiter.proposal, Math.max(1, state.log.followed()), ""));
    }
  }

  private void lead(long nowNs) {
    phase = Phase.LEADING;
    keeper.start(state.log.members().stream().map(Member::id).toList(), nowNs);
    joinAsFounder();
    for (Member member : state.log.members()) {
      state.send(member.id(), new LeaderHint(Optional.of(state.id())));
    }
  }

  /// The founder is the first member; an append may fail, so it is repeated.
  private void joinAsFounder() {
    if (isFounding()) {
      appendOnce(new Entry.Join(state.self));
      appendOnce(new Entry.Voters(List.of(state.id())));
    }
  }

  private boolean isFounding() {
    return founder && !state.log.lives(state.id()) && !state.log.dead(state.id());
  }

  /// An entry has been applied here.
  void followed(Entry entry, boolean changed, long nowNs) {
    if (phase == Phase.NOT || !changed) {
      return;
    }
    switch (entry) {
      case Entry.Join(Member member) -> {
        if (phase == Phase.LEADING) {
          keeper.add(member.id(), nowNs);
        }
        if (!member.id().equals(state.id())) {
          accept(member.id());
        }
      }
      case Entry.Death(WorkerId worker, _, _) -> {
        keeper.remove(worker);
        if (worker.equals(state.id())) {
          // Its last word as a leader: the others need not wait for the next one.
          positions.forEach(this::stream);
          return;
        }
        // The dead one may still listen: it is to hear of its death.
        Position position = positions.remove(worker);
        if (position != null) {
          state.send(worker, state.history.from(Math.min(position.sent + 1, state.history.last())));
        }
      }
      default -> {
        // Nothing to be done for it.
      }
    }
  }

  private void accept(WorkerId worker) {
    state.send(worker, new JoinAnswer(true, "", Optional.of(state.id()), state.voterContacts()));
  }

  void joinRequested(WorkerId from, Member member) {
    if (phase != Phase.LEADING || isFounding()) {
      state.send(from, new JoinAnswer(false, "", state.leader(), state.voterContacts()));
    } else if (!from.equals(member.id()) || state.log.dead(from)) {
      String refusal = "not the worker that asks, or declared dead: " + member.id().brief();
      state.send(from, new JoinAnswer(false, refusal, state.leader(), List.of()));
    } else if (state.log.lives(from)) {
      accept(from);
    } else {
      appendOnce(new Entry.Join(member));
    }
  }

  void proposed(WorkerId from, Propose proposal) {
    if (phase != Phase.LEADING) {
      if (phase == Phase.NOT) {
        state.send(from, new LeaderHint(state.leader()));
      }
      return;
    }
    Entry entry = proposal.entry();
    if (!mayPropose(from, entry)) {
      String refusal = "not for " + from.brief() + " to propose";
      state.send(from, new ProposeAnswer(proposal.proposal(), 0, refusal));
    } else if (entry instanceof Entry.Death(WorkerId worker, _, _) && !state.log.lives(worker)) {
      state.send(
          from, new ProposeAnswer(proposal.proposal(), Math.max(1, state.log.followed()), ""));
    } else {
      appendOnce(entry);
      for (Append append : appends.values()) {
        if (append.entry.equals(entry)) {
          Waiter waiter = new Waiter(from, proposal.proposal());
          append.waiters.remove(waiter);
          append.waiters.add(waiter);
        }
      }
    }
  }

  private boolean mayPropose(WorkerId from, Entry entry) {
    return state.log.lives(from)
        && switch (entry) {
          case Entry.Death(_, boolean proof, _) -> proof;
          case Entry.Answer(WorkerId worker, _) -> worker.equals(from);
          case Entry.Heirs(EstateId estate, _, _, _) -> serves(from, estate);
          case Entry.Close(EstateId estate, _) -> serves(from, estate);
          case Entry.JobBegun begun -> begun.driver().equals(from);
          case Entry.JobResumed resumed -> resumed.driver().equals(from);
          case Entry.JobEnded ended -> ended.by().equals(from);
          case Entry.Refounded refounded -> refounded.server().equals(from);
          case Entry.Join _, Entry.Mark _, Entry.Voters _ -> false;
        };
  }

  private boolean serves(WorkerId worker, EstateId estate) {
    return state.log.server(estate).filter(worker::equals).isPresent();
  }

  void proven(WorkerId worker, String reason) {
    if (state.log.lives(worker)) {
      appendOnce(new Entry.Death(worker, true, reason));
    }
  }

  /// Somebody wants the entries from an index on.
  void followRequested(WorkerId from, long index) {
    if (phase == Phase.LEADING && state.log.lives(from) && !from.equals(state.id())) {
      position(from).sent = index - 1;
      return;
    }
    if (index <= state.history.last()) {
      state.send(from, state.history.from(Math.max(1, index)));
    }
    if (phase == Phase.NOT) {
      state.send(from, new LeaderHint(state.leader()));
    }
  }

  private Position position(WorkerId member) {
    return positions.computeIfAbsent(member, _ -> new Position());
  }

  void renewed(WorkerId from, LeaseRenewal renewal, long nowNs) {
    if (state.log.dead(from)) {
      if (renewal.followed() < state.history.last()) {
        state.send(from, state.history.from(renewal.followed() + 1));
      }
      return;
    }
    if (phase == Phase.NOT) {
      state.send(from, new LeaderHint(state.leader()));
      return;
    }
    if (phase == Phase.ELECTED || !keeper.receive(from, renewal.number(), nowNs)) {
      return;
    }
    if (from.equals(state.id())) {
      return;
    }
    boolean known = positions.containsKey(from);
    Position position = position(from);
    if (!known || renewal.followed() < position.sentAtRenewal) {
      position.sent = renewal.followed();
    }
    position.sentAtRenewal = position.sent;
    followedBy(from, renewal.followed());
  }

  void followedBy(WorkerId from, long index) {
    if (phase == Phase.LEADING && state.log.lives(from) && !from.equals(state.id())) {
      Position position = position(from);
      position.followed = Math.max(position.followed, Math.min(index, state.log.followed()));
      publishFence();
    }
  }

  private void publishFence() {
    long lowest = state.log.followed();
    for (Member member : state.log.members()) {
      if (!member.id().equals(state.id())) {
        Position position = positions.get(member.id());
        lowest = Math.min(lowest, position == null ? 0 : position.followed);
      }
    }
    boolean awaited = state.log.lastDeath() > state.fence();
    if (state.raiseFence(lowest) && awaited) {
      for (Member member : state.log.members()) {
        if (!member.id().equals(state.id())) {
          state.send(member.id(), new Fence(state.fence()));
        }
      }
    }
  }

  void tick(long nowNs) {
    if (phase == Phase.ELECTED && !appends.containsKey(firstTicket)) {
      firstTicket = append(new Entry.Mark());
    }
    if (phase != Phase.LEADING) {
      return;
    }
    joinAsFounder();
    for (WorkerId worker : keeper.expired(nowNs)) {
      if (!worker.equals(state.id())) {
        appendOnce(new Entry.Death(worker, false, "its membership lease has run out"));
      }
    }
  }

  /// What is due at the end of each event.
  void settle(long nowNs) {
    if (phase != Phase.LEADING) {
      return;
    }
    if (keeper.wantsEntry() && nowNs - markCreditNs >= markGapNs()) {
      markCreditNs = Math.max(markCreditNs, nowNs - MAX_MARKS * markGapNs()) + markGapNs();
      append(new Entry.Mark());
    }
    publishFence();
    positions.forEach(this::stream);
  }

  private void stream(WorkerId member, Position position) {
    while (position.sent < state.history.last()) {
      Entries entries = state.history.from(position.sent + 1);
      state.send(member, entries);
      position.sent = entries.through();
    }
  }
}
