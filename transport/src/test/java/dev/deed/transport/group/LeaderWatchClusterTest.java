package dev.deed.transport.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.MergeView;
import org.jgroups.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// States in which jgroups-raft by itself has no leader for ever, each made by force.
@Timeout(60)
class LeaderWatchClusterTest {
  @TempDir Path names;

  private static void install(VoterGroup group, int voter, View view) {
    group.logs.get(voter).parts().gms().installView(view);
  }

  private static View view(VoterGroup group, long number, int... voters) {
    List<Address> members = new ArrayList<>();
    for (int voter : voters) {
      members.add(group.address(voter));
    }
    return new View(members.getFirst(), number, members);
  }

  private static View merged(VoterGroup group, long number, int... voters) {
    View view = view(group, number, voters);
    return new MergeView(view.getViewId(), view.getMembers(), List.of(group.view(voters[0])));
  }

  /// After cuts: the leader saw the others go and stepped down, its follower saw nothing; the third
  /// died; the follower coordinates the view that they merge into.
  @Test
  void aLeaderThatSteppedDownUnnoticedIsReplaced() throws Exception {
    try (VoterGroup group = new VoterGroup("stepped-down", names)) {
      assertThat(group.leader()).isZero();
      long number = group.view(0).getViewId().getId();
      group.silence(2);
      install(group, 0, view(group, number + 1, 0));
      assertThat(group.leader()).isEqualTo(-1);
      assertThat(group.logs.get(1).leader()).isPresent();
      View merged = merged(group, number + 2, 1, 0);
      install(group, 0, merged);
      install(group, 1, merged);
      group.commit();
    }
  }

  /// The follower has seen a later term, of a voting that came to nothing, and the third is dead:
  /// the leader's entries are refused without a word.
  @Test
  void aLeaderOfATermThatIsOverIsReplaced() throws Exception {
    try (VoterGroup group = new VoterGroup("old-term", names)) {
      group.silence(2);
      group.logs.get(1).parts().raft().createNewTerm();
      assertThat(group.leader()).isZero();
      group.commit();
    }
  }

  /// The coordinator took a higher term from a late message and has no leader; no view changes.
  @Test
  void aLeaderLostWithoutAChangeOfViewIsReplaced() throws Exception {
    try (VoterGroup group = new VoterGroup("no-view", names)) {
      for (ReplicatedLog log : group.logs) {
        log.parts().raft().currentTerm(50);
      }
      assertThat(group.leader()).isEqualTo(-1);
      group.commit();
    }
  }
}
