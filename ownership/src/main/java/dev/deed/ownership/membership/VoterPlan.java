package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who should vote (protocol.md §4): three workers, on different hosts where there are, as soon as
/// there are three; else one, the driver or, without a driver, the oldest.
final class VoterPlan {
  /// Number of voters that survives the death of one.
  static final int VOTERS = 3;

  /// One change of the voters.
  record Step(WorkerId voter, boolean add) {}

  private VoterPlan() {}

  /// The voters wanted, given the living members in the order of their joins and who votes now. Who
  /// votes and may, stays; `unfit` are not taken.
  static List<WorkerId> wanted(
      Collection<Member> members, Collection<WorkerId> voters, Collection<WorkerId> unfit) {
    List<Member> workers =
        members.stream()
            .filter(member -> !member.driver())
            .filter(member -> voters.contains(member.id()) || !unfit.contains(member.id()))
            .toList();
    if (workers.size() >= VOTERS) {
      return spread(workers, voters);
    }
    return members.stream()
        .filter(Member::driver)
        .findFirst()
        .or(() -> members.stream().findFirst())
        .map(member -> List.of(member.id()))
        .orElse(List.of());
  }

  private static List<WorkerId> spread(List<Member> workers, Collection<WorkerId> voters) {
    List<WorkerId> chosen = new ArrayList<>();
    Set<String> hosts = new LinkedHashSet<>();
    for (Member worker : workers) {
      if (voters.contains(worker.id()) && chosen.size() < VOTERS) {
        chosen.add(worker.id());
        hosts.add(worker.hostId());
      }
    }
    for (boolean otherHosts : new boolean[] {true, false}) {
      for (Member worker : workers) {
        boolean fits = !otherHosts || !hosts.contains(worker.hostId());
        if (chosen.size() < VOTERS && fits && !chosen.contains(worker.id())) {
          chosen.add(worker.id());
          hosts.add(worker.hostId());
        }
      }
    }
    return chosen;
  }

  /// The next change towards the voters wanted: the dead leave first, then the new come, then the
  /// others leave, the leader last. Never leaves without a voter.
  static Optional<Step> next(
      List<WorkerId> wanted, List<WorkerId> voters, Set<WorkerId> living, WorkerId leader) {
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    for (WorkerId voter : voters) {
      if (!living.contains(voter) && voters.size() > 1) {
        return Optional.of(new Step(voter, false));
      }
    }
    for (WorkerId worker : wanted) {
      if (!voters.contains(worker)) {
        return Optional.of(new Step(worker, true));
      }
    }
    for (WorkerId voter : voters) {
      if (!wanted.contains(voter) && !voter.equals(leader)) {
        return Optional.of(new Step(voter, false));
      }
    }
    return wanted.contains(leader) || voters.size() == 1
        ? Optional.empty()
        : Optional.of(new Step(leader, false));
  }
}
