package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.membership.MembershipMessage.Entries;
import dev.deed.ownership.membership.MembershipMessage.Fence;
import dev.deed.ownership.membership.MembershipMessage.FollowRequest;
import dev.deed.ownership.membership.MembershipMessage.Followed;
import dev.deed.ownership.membership.MembershipMessage.IndexedEntry;
import dev.deed.ownership.membership.MembershipMessage.JoinAnswer;
import dev.deed.ownership.membership.MembershipMessage.JoinRequest;
import dev.deed.ownership.membership.MembershipMessage.LeaderHint;
import dev.deed.ownership.membership.MembershipMessage.LeaseGranted;
import dev.deed.ownership.membership.MembershipMessage.LeaseRenewal;
import dev.deed.ownership.membership.MembershipMessage.ProbeDeath;
import dev.deed.ownership.membership.MembershipMessage.ProofOfDeath;
import dev.deed.ownership.membership.MembershipMessage.Propose;
import dev.deed.ownership.membership.MembershipMessage.ProposeAnswer;
import dev.deed.ownership.membership.MembershipMessage.VoterCall;
import dev.deed.ownership.membership.MembershipMessage.VoterReady;
import java.util.List;
import java.util.Optional;

/// A worker's part in the agreement on who is a member (protocol.md §4): it joins, follows the
/// membership log, keeps its lease, and, while it votes or leads, does what is due to the others.
///
/// A state machine: events in, [MembershipEffects] out, time as an argument (nanoseconds of one
/// monotonic clock). Not thread-safe. [#tick] is to be called every [MembershipConfig#retryNs] or
/// more often.
public final class MembershipService {
  /*
   * Routes events to the duties of a member, of a leader, and those that concern the voters.  A message to
   * this worker itself is handled at the end of the event, so a leader is a member like all others.
   *
   * Failure: without a leader there are no grants, and the lease ends by itself.  Death is what the log
   * says; after its own, a service does nothing more.
   */
  private final MembershipState state;
  private final MemberDuties member;
  private final LeaderDuties leader;
  private final VoterDuties voter;

  /// A worker that is no member yet.
  public MembershipService(Member self, MembershipConfig config, MembershipEffects effects) {
    state = new MembershipState(self, config, effects);
    member = new MemberDuties(state);
    leader = new LeaderDuties(state);
    voter = new VoterDuties(state, leader);
  }

  // --- what the runtime tells -------------------------------------------------------------------

  /// This process has founded the replicated log, and is its only voter. [#leadership] follows.
  public void found(long nowNs) {
    leader.found();
    voter.started();
    member.found(nowNs);
    settle(nowNs);
  }

  /// This process is to become a member, with the help of those whom it has reached.
  public void join(List<Contact> contacts, long nowNs) {
    contacts.forEach(state::learn);
    member.join(nowNs);
    settle(nowNs);
  }

  /// A message came over a link.
  public void arrived(WorkerId from, MembershipMessage message, long nowNs) {
    if (ended()) {
      return;
    }
    handle(from, message, nowNs);
    settle(nowNs);
  }

  /// The local copy of the replicated log has committed an entry. Those of the links come here as
  /// well; the order between the two does not matter.
  public void committed(long index, Entry entry, long nowNs) {
    if (ended()) {
      return;
    }
    if (index == state.log.followed() + 1) {
      apply(index, entry, nowNs);
    } else if (index > state.log.followed()) {
      member.gap(nowNs);
    }
    settle(nowNs);
  }

  /// This process leads the replicated log from here on, or no longer.
  ///
  /// @param voters those who vote, when it leads
  public void leadership(boolean leads, List<WorkerId> voters, long nowNs) {
    if (ended()) {
      return;
    }
    if (leads) {
      voter.elected(voters, nowNs);
      leader.elected(nowNs);
    } else {
      leader.stop();
      state.leader(Optional.empty());
    }
    settle(nowNs);
  }

  /// The replicated log, of which this process has a copy, knows another leader.
  public void leaderSeen(WorkerId worker, long nowNs) {
    if (!ended() && !worker.equals(state.id())) {
      member.leaderHint(Optional.of(worker), false, nowNs);
      settle(nowNs);
    }
  }

  /// An append has ended.
  ///
  /// @param committed whether it has certainly been committed while this process led; its entry has
  ///   then come to [#committed] before
  public void appended(long ticket, boolean committed, long nowNs) {
    if (!ended()) {
      leader.appended(ticket, committed, nowNs);
      settle(nowNs);
    }
  }

  /// A change of voters has ended.
  ///
  /// @param voters who votes now
  public void votersChanged(boolean done, List<WorkerId> voters, long nowNs) {
    if (!ended()) {
      voter.changed(done, voters, nowNs);
      voter.tick(nowNs);
      settle(nowNs);
    }
  }

  /// This process has joined the voters' channel.
  public void voterStarted(long nowNs) {
    voter.started();
    if (ended()) {
      voter.end();
    }
    settle(nowNs);
  }

  /// This process is not in the voters' channel: joining failed, or the channel was lost.
  public void voterFailed(long nowNs) {
    voter.failed();
    settle(nowNs);
  }

  /// The parent has reaped the worker's process, or its lock was obtained.
  public void proofOfDeath(WorkerId worker, String reason, long nowNs) {
    if (ended() || state.log.dead(worker) || state.proven.containsKey(worker)) {
      return;
    }
    proven(worker, reason);
    if (state.log.lives(worker)) {
      member.propose(new Entry.Death(worker, true, reason), nowNs);
    }
    settle(nowNs);
  }

  /// This worker leaves. It must do nothing more that others see: that is the proof of its death,
  /// which it proposes itself. [MembershipEffects#left] follows; at once if it is no member, or if
  /// the log can't go on without this worker.
  public void leave(long nowNs) {
    if (!ended()) {
      member.leave(nowNs);
      settle(nowNs);
    }
  }

  /// An entry for the log: proposed until it is in it, or refused. Gives its number.
  public long propose(Entry entry, long nowNs) {
    long number = ended() ? 0 : member.propose(entry, nowNs);
    settle(nowNs);
    return number;
  }

  /// Time has passed.
  public void tick(long nowNs) {
    if (ended()) {
      return;
    }
    member.tick(nowNs);
    leader.tick(nowNs);
    voter.tick(nowNs);
    settle(nowNs);
  }

  // --- what it is asked -------------------------------------------------------------------------

  /// Whether this worker may act now; to be asked last before output leaves.
  public boolean holdsLease(long nowNs) {
    return !ended() && member.holds(nowNs);
  }

  /// The state of the log as followed; not to be changed.
  public MembershipLog log() {
    return state.log;
  }

  /// The lowest index that all living members have followed, as far as told.
  public long fence() {
    return state.fence();
  }

  /// Who leads, as far as known.
  public Optional<WorkerId> leader() {
    return state.leader();
  }

  private boolean ended() {
    return state.log.dead(state.id());
  }

  // --- inside -----------------------------------------------------------------------------------

  private void settle(long nowNs) {
    while (!ended()) {
      member.settle(nowNs);
      leader.settle(nowNs);
      voter.settle();
      MembershipMessage message = state.pollToSelf();
      if (message == null) {
        return;
      }
      while (message != null && !ended()) {
        handle(state.id(), message, nowNs);
        message = state.pollToSelf();
      }
    }
  }

  private void handle(WorkerId from, MembershipMessage message, long nowNs) {
    member.heard(from, nowNs);
    switch (message) {
      case JoinRequest(Member joining) -> leader.joinRequested(from, joining);
      case JoinAnswer answer -> member.answered(from, answer, nowNs);
      case FollowRequest(long index) -> leader.followRequested(from, index);
      case Entries entries -> follow(entries, nowNs);
      case Followed(long index) -> leader.followedBy(from, index);
      case Fence(long index) -> raiseFence(index);
      case Propose proposal -> leader.proposed(from, proposal);
      case ProposeAnswer answer -> member.answered(answer);
      case LeaseRenewal renewal -> leader.renewed(from, renewal, nowNs);
      case LeaseGranted(long number, long fence) -> {
        raiseFence(fence);
        member.granted(number, nowNs);
      }
      case ProbeDeath(WorkerId worker) -> {
        if (!worker.equals(state.id())) {
          state.effects.probe(worker);
        }
      }
      case ProofOfDeath(WorkerId worker, String reason) -> {
        if (!worker.equals(state.id()) && !state.log.dead(worker)) {
          proven(worker, reason);
        }
      }
      case LeaderHint(Optional<WorkerId> worker) -> {
        // Who takes this worker for the leader is wrong, unless it leads.
        if (leader.leading() || worker.filter(state.id()::equals).isEmpty()) {
          member.leaderHint(worker, worker.filter(from::equals).isPresent(), nowNs);
        }
      }
      case VoterCall(List<Contact> voters) -> voter.calledTo(voters);
      case VoterReady() -> voter.isReady(from);
    }
  }

  private void raiseFence(long index) {
    state.raiseFence(index);
  }

  private void proven(WorkerId worker, String reason) {
    state.proven.put(worker, reason);
    leader.proven(worker, reason);
    if (voter.inChannel()) {
      state.effects.suspectVoter(worker);
    }
  }

  private void follow(Entries entries, long nowNs) {
    if (entries.first() > state.log.followed() + 1) {
      member.gap(nowNs);
      return;
    }
    int next = 0;
    List<IndexedEntry> listed = entries.entries();
    for (long index = entries.first(); index <= entries.through() && !ended(); index++) {
      boolean isListed = next < listed.size() && listed.get(next).index() == index;
      Entry entry = isListed ? listed.get(next).entry() : new Entry.Mark();
      next += isListed ? 1 : 0;
      if (index > state.log.followed()) {
        apply(index, entry, nowNs);
      }
    }
  }

  private void apply(long index, Entry entry, long nowNs) {
    boolean changed = state.log.apply(index, entry);
    state.history.add(index, entry, changed);
    state.history.cleared(state.log.clear());
    state.effects.follow(index, entry);
    leader.followed(entry, changed, nowNs);
    voter.followed(entry);
    member.followed(index, entry, changed, nowNs);
    if (ended()) {
      leader.stop();
      voter.end();
    }
  }
}
