package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.membership.MembershipMessage.VoterCall;
import dev.deed.ownership.membership.MembershipMessage.VoterReady;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who votes: the leader calls members to the voters' channel and changes the voters one at a time;
/// a member that is called comes, and leaves when it has lost its vote.
final class VoterDuties {
  /*
   * The leader's steps for new voters: VoterCall until VoterReady, to one after the other → changeVoters(add)
   * → the entry Voters.  For one that leaves: changeVoters(remove) → Voters.  One step at a time; a call
   * that is not answered in time makes the worker unfit for a while.
   */
  private final MembershipState state;
  private final LeaderDuties leader;

  // As a voter.
  private boolean inChannel;
  private boolean starting;
  private boolean voted;
  private Optional<WorkerId> told = Optional.empty();

  // As the leader.
  private final Set<WorkerId> ready = new LinkedHashSet<>();
  private final Map<WorkerId, Long> unfitUntilNs = new LinkedHashMap<>();
  private List<WorkerId> voters = List.of();
  private List<WorkerId> changing = List.of();
  private @Nullable WorkerId called;
  private long calledNs;
  private long sentNs;
  private long pausedUntilNs;

  VoterDuties(MembershipState state, LeaderDuties leader) {
    this.state = state;
    this.leader = leader;
  }

  boolean inChannel() {
    return inChannel;
  }

  void started() {
    inChannel = true;
    starting = false;
    told = Optional.empty();
  }

  void failed() {
    inChannel = false;
    starting = false;
  }

  void calledTo(List<Contact> voters) {
    if (inChannel) {
      told = Optional.empty();
    } else if (!starting) {
      starting = true;
      state.effects.startVoter(voters);
    }
  }

  /// This worker was declared dead: it must not be elected, since it would do nothing for the
  /// others.
  void end() {
    if (inChannel || starting) {
      failed();
      state.effects.stopVoter();
    }
  }

  void followed(Entry entry) {
    if (!(entry instanceof Entry.Voters(var next))) {
      return;
    }
    boolean votes = next.contains(state.id());
    if (voted && !votes && inChannel) {
      inChannel = false;
      state.effects.stopVoter();
    }
    voted = votes;
  }

  void elected(List<WorkerId> actual, long nowNs) {
    ready.clear();
    unfitUntilNs.clear();
    voters = actual;
    changing = List.of();
    called = null;
    pausedUntilNs = nowNs;
  }

  void isReady(WorkerId from) {
    ready.add(from);
  }

  void changed(boolean done, List<WorkerId> actual, long nowNs) {
    if (!done) {
      changing.forEach(ready::remove);
    }
    changing = List.of();
    called = null;
    voters = actual;
    if (!done) {
      pausedUntilNs = nowNs + state.config.retryNs();
    }
  }

  void tick(long nowNs) {
    if (!leader.leading() || !changing.isEmpty() || nowNs - pausedUntilNs < 0) {
      return;
    }
    if (!voters.isEmpty() && !voters.equals(state.log.voters())) {
      leader.appendOnce(new Entry.Voters(voters));
    }
    Set<WorkerId> living = new LinkedHashSet<>();
    state.log.members().stream().map(Member::id).forEach(living::add);
    unfitUntilNs.values().removeIf(until -> nowNs - until >= 0);
    List<WorkerId> wanted =
        VoterPlan.wanted(state.log.members(), state.log.founder(), voters, unfitUntilNs.keySet());
    Optional<VoterPlan.Step> step = VoterPlan.next(wanted, voters, living, state.id());
    if (step.isPresent()) {
      take(step.get(), nowNs);
    }
  }

  private void take(VoterPlan.Step step, long nowNs) {
    Optional<WorkerId> absent =
        step.changed().stream().filter(voter -> step.add() && !ready.contains(voter)).findFirst();
    if (absent.isEmpty()) {
      changing = step.changed();
      called = null;
      state.effects.changeVoters(step.changed(), step.add());
      return;
    }
    WorkerId voter = absent.get();
    if (!voter.equals(called)) {
      called = voter;
      calledNs = nowNs;
      call(voter, nowNs);
    } else if (nowNs - calledNs >= state.config.voterNs()) {
      unfitUntilNs.put(voter, nowNs + 4 * state.config.voterNs());
      called = null;
    } else if (nowNs - sentNs >= state.config.retryNs()) {
      call(voter, nowNs);
    }
  }

  private void call(WorkerId voter, long nowNs) {
    sentNs = nowNs;
    state.send(voter, new VoterCall(state.contacts(voters)));
  }

  /// What is due at the end of each event: the leader is told, once, where this process is in the
  /// channel.
  void settle() {
    Optional<WorkerId> now = state.leader();
    if (inChannel && now.isPresent() && !now.equals(told)) {
      told = now;
      if (!now.get().equals(state.id())) {
        state.send(now.get(), new VoterReady());
      }
    }
  }
}
