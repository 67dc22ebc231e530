package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.MembershipLease;
import dev.deed.ownership.membership.MembershipMessage.FollowRequest;
import dev.deed.ownership.membership.MembershipMessage.Followed;
import dev.deed.ownership.membership.MembershipMessage.JoinAnswer;
import dev.deed.ownership.membership.MembershipMessage.JoinRequest;
import dev.deed.ownership.membership.MembershipMessage.LeaseRenewal;
import dev.deed.ownership.membership.MembershipMessage.ProofOfDeath;
import dev.deed.ownership.membership.MembershipMessage.Propose;
import dev.deed.ownership.membership.MembershipMessage.ProposeAnswer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What every member does, the leader too: it joins, follows, renews its lease, and proposes
/// entries until they are in the log.
final class MemberDuties {
  /*
   * State: OUTSIDE (nothing asked) → JOINING (asks for a Join) → FOLLOWING (from index 1; a member as soon
   * as its own Join is followed).
   *
   * The *target* of all that a member says is the leader, or while none is known one of the voters in
   * turn, which answers with a hint.  A target that has been silent for half a lease is given up.
   * What is sent is sent again until its effect is seen in the log; so links may lose messages.
   *
   * STAYING → LEAVING (its own death is proposed) → LEFT (that is in the log, or can't be).
   */
  private enum Phase {
    OUTSIDE,
    JOINING,
    FOLLOWING
  }

  private enum Stay {
    STAYING,
    LEAVING,
    LEFT
  }

  private static final class Proposal {
    final Entry entry;
    long sentNs;
    long doneAt;

    Proposal(Entry entry, long sentNs) {
      this.entry = entry;
      this.sentNs = sentNs;
    }
  }

  private final MembershipState state;
  private final MembershipLease lease;
  private final Map<Long, Proposal> proposals = new LinkedHashMap<>();
  private Phase phase = Phase.OUTSIDE;
  private Stay stay = Stay.STAYING;
  private boolean renewNow;
  private boolean held;
  private boolean unavailableTold;
  private boolean goneTold;
  private boolean turnLater;
  private boolean changedSinceAck;
  private long lostNs;
  private long heardNs;
  private long askedNs;
  private long turnedNs;
  private long lastProposal;
  private int turn;

  MemberDuties(MembershipState state) {
    this.state = state;
    this.lease = new MembershipLease(state.config.leaseNs());
  }

  void join(long nowNs) {
    begin(Phase.JOINING, nowNs);
    askToJoin(nowNs);
  }

  void found(long nowNs) {
    begin(Phase.FOLLOWING, nowNs);
  }

  private void begin(Phase next, long nowNs) {
    phase = next;
    heardNs = nowNs;
    lostNs = nowNs;
    askedNs = nowNs;
    turnedNs = nowNs - state.config.retryNs();
  }

  private void askToJoin(long nowNs) {
    askedNs = nowNs;
    target().ifPresent(to -> state.send(to, new JoinRequest(state.self)));
  }

  void answered(WorkerId from, JoinAnswer answer, long nowNs) {
    answer.voters().forEach(state::learn);
    if (phase != Phase.JOINING) {
      return;
    }
    heard(from, nowNs);
    if (answer.accepted()) {
      phase = Phase.FOLLOWING;
      state.leader(answer.leader().or(() -> Optional.of(from)));
      follow(nowNs);
    } else if (!answer.refusal().isEmpty()) {
      phase = Phase.OUTSIDE;
      state.effects.refused(answer.refusal());
    } else {
      leaderHint(answer.leader(), false, nowNs);
    }
  }

  /// Somebody says who leads.
  ///
  /// @param itself whether the leader says so, who may have been told things before it was ready
  void leaderHint(Optional<WorkerId> leader, boolean itself, long nowNs) {
    if (leader.isEmpty() || (leader.equals(state.leader()) && !itself)) {
      return;
    }
    state.leader(leader);
    if (state.leader().isPresent()) {
      turnTo(nowNs);
    }
  }

  /// A new target: everything that the old one was told is said again. Not too often, since two
  /// workers may each take the other for the leader.
  private void turnTo(long nowNs) {
    heardNs = nowNs;
    turnLater = nowNs - turnedNs < state.config.retryNs() / 4;
    if (turnLater) {
      return;
    }
    turnedNs = nowNs;
    proposals.values().forEach(proposal -> proposal.sentNs = nowNs - state.config.retryNs());
    if (phase == Phase.JOINING) {
      askToJoin(nowNs);
    } else if (phase == Phase.FOLLOWING) {
      renewNow = true;
      follow(nowNs);
    }
  }

  private Optional<WorkerId> target() {
    List<WorkerId> advisers = state.advisers();
    return state
        .leader()
        .or(() ->
            advisers.isEmpty()
                ? Optional.empty()
                : Optional.of(advisers.get(turn % advisers.size())));
  }

  /// Asks for the entries behind the last one.
  void follow(long nowNs) {
    askedNs = nowNs;
    target()
        .filter(to -> !to.equals(state.id()))
        .ifPresent(to -> state.send(to, new FollowRequest(state.log.followed() + 1)));
  }

  /// Entries came that do not follow the last one.
  void gap(long nowNs) {
    if (nowNs - askedNs >= state.config.retryNs()) {
      follow(nowNs);
    }
  }

  void heard(WorkerId from, long nowNs) {
    if (target().filter(from::equals).isPresent()) {
      heardNs = nowNs;
    }
  }

  void granted(long number, long nowNs) {
    lease.granted(number);
    renewNow = false;
    settleLease(nowNs);
  }

  /// An entry has been applied.
  void followed(long index, Entry entry, boolean changed, long nowNs) {
    changedSinceAck |= changed;
    proposals
        .values()
        .removeIf(proposal ->
            settles(entry, proposal.entry) || (proposal.doneAt > 0 && proposal.doneAt <= index));
    switch (entry) {
      case Entry.Join(var member) when changed && member.id().equals(state.id()) -> {
        state.effects.joined();
        renewNow = true;
      }
      case Entry.Join(var member) when changed -> {
        state.learn(new Contact(member.id(), member.address(), member.port()));
        String proof = state.proven.get(member.id());
        if (proof != null) {
          // It ended while it joined.
          propose(new Entry.Death(member.id(), true, proof), nowNs);
        }
      }
      case Entry.Death(var worker, _, var reason) when changed && worker.equals(state.id()) -> {
        lease.end();
        settleLease(nowNs);
        if (stay == Stay.STAYING) {
          state.effects.declaredDead(reason);
        } else {
          left();
        }
      }
      case Entry.Death(var worker, _, _) -> state.proven.remove(worker);
      default -> {
        // Of no concern to this worker as a member.
      }
    }
  }

  private static boolean settles(Entry followed, Entry proposed) {
    if (followed instanceof Entry.Death(var dead, _, _)
        && proposed instanceof Entry.Death(var wanted, _, _)) {
      return dead.equals(wanted);
    }
    return followed.equals(proposed);
  }

  void leave(long nowNs) {
    stay = Stay.LEAVING;
    if (mayBeHeard()) {
      propose(new Entry.Death(state.id(), true, "it has left"), nowNs);
    }
  }

  /// Whether the log can come to say that this worker has left. Its last voter can't say so: with
  /// that the log itself ends.
  private boolean mayBeHeard() {
    return state.log.lives(state.id())
        && state.log.voters().stream().anyMatch(voter -> !voter.equals(state.id()))
        && !state.votersGone();
  }

  private void left() {
    if (stay == Stay.LEAVING) {
      stay = Stay.LEFT;
      state.effects.left();
    }
  }

  long propose(Entry entry, long nowNs) {
    lastProposal++;
    proposals.put(lastProposal, new Proposal(entry, nowNs));
    say(lastProposal, entry);
    return lastProposal;
  }

  private void say(long number, Entry entry) {
    if (entry instanceof Entry.Death(var worker, var proof, var reason)
        && proof
        // A voter that leaves is still needed to commit that.
        && !worker.equals(state.id())
        && state.log.voters().contains(worker)) {
      for (WorkerId voter : state.log.voters()) {
        if (!voter.equals(worker)) {
          state.send(voter, new ProofOfDeath(worker, reason));
        }
      }
    }
    target().ifPresent(to -> state.send(to, new Propose(number, entry)));
  }

  void answered(ProposeAnswer answer) {
    Proposal proposal = proposals.get(answer.proposal());
    if (proposal == null) {
      return;
    }
    if (answer.index() == 0) {
      proposals.remove(answer.proposal());
      state.effects.proposalRefused(proposal.entry, answer.refusal());
    } else if (answer.index() <= state.log.followed()) {
      proposals.remove(answer.proposal());
    } else {
      proposal.doneAt = answer.index();
    }
  }

  void tick(long nowNs) {
    if (phase == Phase.OUTSIDE) {
      return;
    }
    if (nowNs - heardNs >= state.config.leaseNs() / 2) {
      state.leader(Optional.empty());
      turn++;
      turnTo(nowNs);
    }
    if (turnLater) {
      turnTo(nowNs);
    }
    boolean again = nowNs - askedNs >= state.config.retryNs();
    if (again && phase == Phase.JOINING) {
      turn++;
      askToJoin(nowNs);
    } else if (again && state.leader().isEmpty()) {
      turn++;
      renewNow = true;
      follow(nowNs);
    }
    retryProposals(nowNs);
    settleLease(nowNs);
  }

  private void retryProposals(long nowNs) {
    for (Map.Entry<Long, Proposal> one : new ArrayList<>(proposals.entrySet())) {
      Proposal proposal = one.getValue();
      if (nowNs - proposal.sentNs >= state.config.retryNs()) {
        proposal.sentNs = nowNs;
        say(one.getKey(), proposal.entry);
      }
    }
  }

  /// What is due at the end of each event.
  void settle(long nowNs) {
    Optional<WorkerId> to = target();
    boolean member = phase == Phase.FOLLOWING && state.log.lives(state.id());
    if (member && to.isPresent() && (renewNow || lease.renewalDue(nowNs))) {
      renewNow = false;
      long number = lease.renew(nowNs);
      state.send(to.get(), new LeaseRenewal(number, state.log.followed()));
    } else if (changedSinceAck && member && to.isPresent()) {
      state.send(to.get(), new Followed(state.log.followed()));
    }
    changedSinceAck = false;
    settleLease(nowNs);
    if (stay == Stay.LEAVING && !mayBeHeard()) {
      left();
    }
  }

  private void settleLease(long nowNs) {
    boolean holds = lease.holds(nowNs);
    if (holds != held) {
      held = holds;
      lostNs = nowNs;
      unavailableTold = false;
      state.effects.leaseHeld(holds);
    }
    if (phase != Phase.OUTSIDE) {
      tellUnavailable(nowNs);
    }
  }

  private void tellUnavailable(long nowNs) {
    if (!held && !goneTold && state.votersGone()) {
      goneTold = true;
      state.effects.unavailable(
          "the voters of the membership log have ended and, with them, the cluster", true);
    }
    if (!held && !unavailableTold && nowNs - lostNs >= state.config.leaseNs()) {
      unavailableTold = true;
      state.effects.unavailable("no leader of the membership log grants a lease", false);
    }
  }

  boolean holds(long nowNs) {
    return lease.holds(nowNs);
  }
}
