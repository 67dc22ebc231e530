package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who should vote (protocol.md §4): the driver that founded the cluster, alone, since its workers
/// end with it; without one, three members, workers first, on different hosts where there are, as
/// soon as there are three, else the oldest.
final class VoterPlan {
  /// Number of voters that survives the death of one.
  static final int VOTERS = 3;

  /// One change of the voters: all of these get a vote, or lose it, at once.
  record Step(List<WorkerId> changed, boolean add) {
    Step {
      changed = List.copyOf(changed);
    }
  }

  private VoterPlan() {}

  /// The voters wanted, given the living members in the order of their joins and who votes now. Who
  /// votes and may, stays; `unfit` are not taken.
  static List<WorkerId> wanted(
      Collection<Member> members,
      Optional<Member> founder,
      Collection<WorkerId> voters,
      Collection<WorkerId> unfit) {
    if (founder.filter(first -> first.driver() && members.contains(first)).isPresent()) {
      return List.of(founder.get().id());
    }
    List<Member> fit =
        members.stream()
            .filter(member -> voters.contains(member.id()) || !unfit.contains(member.id()))
            .sorted(Comparator.comparing(Member::driver))
            .toList();
    List<Member> workers = fit.stream().filter(member -> !member.driver()).toList();
    if (workers.size() >= VOTERS) {
      return spread(workers, voters);
    }
    if (fit.size() >= VOTERS) {
      return spread(fit, voters);
    }
    return members.stream()
        .min(
            Comparator.comparing(Member::driver)
                .thenComparing(member -> !voters.contains(member.id())))
        .map(member -> List.of(member.id()))
        .orElse(List.of());
  }

  private static List<WorkerId> spread(List<Member> members, Collection<WorkerId> voters) {
    List<WorkerId> chosen = new ArrayList<>();
    Set<String> hosts = new LinkedHashSet<>();
    for (Member member : members) {
      if (voters.contains(member.id()) && chosen.size() < VOTERS) {
        chosen.add(member.id());
        hosts.add(member.hostId());
      }
    }
    for (boolean otherHosts : new boolean[] {true, false}) {
      for (Member member : members) {
        boolean fits = !otherHosts || !hosts.contains(member.hostId());
        if (chosen.size() < VOTERS && fits && !chosen.contains(member.id())) {
          chosen.add(member.id());
          hosts.add(member.hostId());
        }
      }
    }
    return chosen;
  }

  /// The next change towards the voters wanted: the dead leave first, then the new come, then the
  /// others leave, the leader last. Never leaves without a voter.
  ///
  /// One voter becomes three at once, since two would be worse than one: the death of either ends
  /// their majority. All other changes are by one, as Raft needs them.
  static Optional<Step> next(
      List<WorkerId> wanted, List<WorkerId> voters, Set<WorkerId> living, WorkerId leader) {
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    for (WorkerId voter : voters) {
      if (!living.contains(voter) && voters.size() > 1) {
        return remove(voter);
      }
    }
    List<WorkerId> missing = wanted.stream().filter(worker -> !voters.contains(worker)).toList();
    if (!missing.isEmpty()) {
      int count = voters.size() == 1 && wanted.size() == VOTERS ? VOTERS - 1 : 1;
      return Optional.of(new Step(missing.subList(0, count), true));
    }
    for (WorkerId voter : voters) {
      if (!wanted.contains(voter) && !voter.equals(leader)) {
        return remove(voter);
      }
    }
    return wanted.contains(leader) || voters.size() == 1 ? Optional.empty() : remove(leader);
  }

  private static Optional<Step> remove(WorkerId voter) {
    return Optional.of(new Step(List.of(voter), false));
  }
}
