package dev.deed.ownership.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.membership.MembershipMessage.Entries;
import dev.deed.ownership.membership.MembershipMessage.IndexedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VoterPlanTest {
  private static Member worker(int number, String host) {
    return new Member(id(number), host, "a", 1, number, false, Demand.NONE);
  }

  private static Member driver(int number) {
    return new Member(id(number), "host0", "a", 1, number, true, Demand.NONE);
  }

  private static WorkerId id(int number) {
    return new WorkerId(0, number);
  }

  private static List<WorkerId> ids(int... numbers) {
    List<WorkerId> ids = new ArrayList<>();
    for (int number : numbers) {
      ids.add(id(number));
    }
    return ids;
  }

  private static List<WorkerId> wanted(
      List<Member> members, Member founder, List<WorkerId> voters, List<WorkerId> unfit) {
    return VoterPlan.wanted(members, Optional.of(founder), voters, unfit);
  }

  @Test
  void theDriverThatFoundedTheClusterVotesAloneAsLongAsItLives() {
    List<Member> members =
        List.of(driver(2), worker(1, "a"), worker(3, "b"), worker(4, "c"), driver(5));
    assertThat(wanted(members, driver(2), ids(2), ids())).isEqualTo(ids(2));
    assertThat(wanted(members.subList(1, 5), driver(2), ids(), ids())).isEqualTo(ids(1, 3, 4));
  }

  @Test
  void threeMembersVoteWorkersFirstAndFewerLeaveItToOne() {
    List<Member> members = List.of(driver(2), worker(1, "a"), worker(3, "b"), worker(4, "a"));
    assertThat(wanted(members.subList(0, 3), worker(1, "a"), ids(1), ids()))
        .isEqualTo(ids(1, 3, 2));
    assertThat(wanted(members, worker(1, "a"), ids(1, 3, 2), ids())).isEqualTo(ids(1, 3, 4));
    assertThat(wanted(members.subList(0, 2), worker(1, "a"), ids(1), ids())).isEqualTo(ids(1));
    assertThat(wanted(members.subList(1, 3), worker(1, "a"), ids(3), ids())).isEqualTo(ids(3));
    assertThat(wanted(members.subList(0, 1), worker(1, "a"), ids(1), ids())).isEqualTo(ids(2));
    assertThat(VoterPlan.wanted(List.of(), Optional.empty(), ids(1), ids())).isEmpty();
  }

  @Test
  void threeVotersAreOnThreeHostsWhereThereAreThree() {
    Member first = worker(1, "a");
    List<Member> members =
        List.of(first, worker(2, "a"), worker(3, "b"), worker(4, "c"), driver(5));
    assertThat(wanted(members, first, ids(5), ids())).isEqualTo(ids(1, 3, 4));
    assertThat(wanted(members, first, ids(1, 2), ids())).isEqualTo(ids(1, 2, 3));
    assertThat(wanted(members, first, ids(5), ids(3))).isEqualTo(ids(1, 4, 2));
  }

  @Test
  void theDeadLeaveFirstThenTheNewComeAndTheLeaderLeavesLast() {
    List<WorkerId> wanted = ids(2, 3, 4);
    Set<WorkerId> living = Set.copyOf(ids(1, 2, 3, 4));
    assertThat(VoterPlan.next(wanted, ids(2, 3, 9), living, id(2))).contains(step(false, 9));
    assertThat(VoterPlan.next(wanted, ids(1, 2, 3), living, id(1))).contains(step(true, 4));
    assertThat(VoterPlan.next(wanted, ids(1, 2, 3, 4), living, id(1))).contains(step(false, 1));
    assertThat(VoterPlan.next(wanted, wanted, living, id(2))).isEmpty();
    assertThat(VoterPlan.next(ids(4), ids(1, 2), living, id(1))).contains(step(true, 4));
    assertThat(VoterPlan.next(ids(4), ids(1, 2, 4), living, id(1))).contains(step(false, 2));
    assertThat(VoterPlan.next(List.of(), ids(1), living, id(1))).isEmpty();
  }

  @Test
  void oneVoterBecomesThreeAtOnceSoThatThereAreNeverTwoOnTheWay() {
    Set<WorkerId> living = Set.copyOf(ids(1, 2, 3, 4));
    assertThat(VoterPlan.next(ids(1, 2, 3), ids(1), living, id(1))).contains(step(true, 2, 3));
    assertThat(VoterPlan.next(ids(2, 3, 4), ids(1), living, id(1))).contains(step(true, 2, 3));
  }

  private static VoterPlan.Step step(boolean add, int... numbers) {
    return new VoterPlan.Step(ids(numbers), add);
  }

  @Test
  void historyIsToldInBoundedPartsThatJoinWithoutGaps() {
    EntryHistory history = new EntryHistory();
    long end = 3 * MembershipCodec.MAX_RUN;
    List<IndexedEntry> all = new ArrayList<>();
    for (long index = 1; index <= end; index++) {
      boolean changed = index % 1_009 == 0;
      Entry entry = changed ? new Entry.Answer(id(1), index) : new Entry.Mark();
      history.add(index, entry, changed);
      if (changed) {
        all.add(new IndexedEntry(index, entry));
      }
    }
    List<IndexedEntry> told = new ArrayList<>();
    long next = 1;
    while (next <= history.last()) {
      Entries part = history.from(next);
      assertThat(part.first()).isEqualTo(next);
      assertThat(part.through()).isBetween(next, next + MembershipCodec.MAX_RUN - 1);
      assertThat(part.entries().size()).isLessThanOrEqualTo(EntryHistory.MAX_BATCH);
      told.addAll(part.entries());
      next = part.through() + 1;
    }
    assertThat(told).isEqualTo(all);
  }
}
