package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who serves an estate, as the membership log says.
class SuccessionEntriesTest {
  private static final WorkerId O = new WorkerId(1, 1);
  private static final WorkerId A = new WorkerId(1, 2);
  private static final WorkerId B = new WorkerId(1, 3);
  private static final WorkerId C = new WorkerId(1, 4);
  private static final EstateId ESTATE = new EstateId(O);

  private final MembershipLog log = new MembershipLog();

  @BeforeEach
  void allJoin() {
    for (WorkerId id : List.of(O, A, B, C)) {
      apply(new Entry.Join(new Member(id, "host", "127.0.0.1", 4000, 17, false, Demand.ONE_CPU)));
    }
  }

  private boolean apply(Entry entry) {
    return log.apply(log.followed() + 1, entry);
  }

  private void die(WorkerId worker) {
    assertThat(apply(new Entry.Death(worker, true, "killed"))).isTrue();
  }

  private boolean heirs(Entry.Heir... heirs) {
    return apply(
        new Entry.Heirs(ESTATE, log.epoch(ESTATE), log.heirsVersion(ESTATE), List.of(heirs)));
  }

  private static Entry.Heir full(WorkerId worker) {
    return new Entry.Heir(worker, true);
  }

  private static Entry.Heir joining(WorkerId worker) {
    return new Entry.Heir(worker, false);
  }

  @Test
  void theFirstFullHeirServesAtTheNextEpoch() {
    assertThat(heirs(joining(A), full(B), full(C))).isTrue();
    die(O);
    assertThat(log.server(ESTATE)).contains(B);
    assertThat(log.epoch(ESTATE)).isEqualTo(2);
    assertThat(log.closed(ESTATE)).isFalse();
    assertThat(log.heirs(ESTATE)).containsExactly(joining(A), full(C));
    assertThat(log.servedBy(B)).containsExactly(new EstateId(B), ESTATE);
    assertThat(log.successions()).containsExactly(new EstateDirectory.Succession(ESTATE, B, 2));
  }

  @Test
  void anHeirThatIsJoiningNeverSucceeds() {
    assertThat(heirs(joining(A))).isTrue();
    die(O);
    assertThat(log.server(ESTATE)).isEmpty();
    assertThat(log.closed(ESTATE)).isTrue();
    assertThat(log.successions()).containsExactly(new EstateDirectory.Succession(ESTATE, null, 2));
  }

  @Test
  void aDeadHeirIsNoHeir() {
    assertThat(heirs(full(A), full(B))).isTrue();
    die(A);
    assertThat(log.heirs(ESTATE)).containsExactly(full(B));
    die(O);
    assertThat(log.server(ESTATE)).contains(B);
  }

  @Test
  void aSuccessorHasASuccessor() {
    assertThat(heirs(full(A), full(B))).isTrue();
    die(O);
    die(A);
    assertThat(log.server(ESTATE)).contains(B);
    assertThat(log.epoch(ESTATE)).isEqualTo(3);
    assertThat(heirs(full(C))).isTrue();
    die(B);
    assertThat(log.server(ESTATE)).contains(C);
    assertThat(log.successions())
        .containsExactlyInAnyOrder(
            new EstateDirectory.Succession(new EstateId(B), null, 1),
            new EstateDirectory.Succession(ESTATE, C, 4));
    die(C);
    assertThat(log.closed(ESTATE)).isTrue();
  }

  @Test
  void aChangeThatHasSeenAnOlderListOrEpochChangesNothing() {
    assertThat(heirs(full(A))).isTrue();
    long version = log.heirsVersion(ESTATE);
    assertThat(heirs(full(A), joining(B))).isTrue();
    assertThat(apply(new Entry.Heirs(ESTATE, 1, version, List.of(full(C))))).isFalse();
    assertThat(apply(new Entry.Heirs(ESTATE, 2, log.heirsVersion(ESTATE), List.of(full(C)))))
        .isFalse();
    assertThat(log.heirs(ESTATE)).containsExactly(full(A), joining(B));
  }

  @Test
  void heirsAreLivingMembersOtherThanTheServerAndDifferent() {
    die(C);
    assertThat(heirs(full(C))).isFalse();
    assertThat(heirs(full(O))).isFalse();
    assertThat(heirs(full(A), joining(A))).isFalse();
    assertThat(heirs(full(new WorkerId(9, 9)))).isFalse();
    assertThat(log.heirs(ESTATE)).isEmpty();
  }

  @Test
  void aClosedEstateHasNoHeirsAnyMore() {
    die(O);
    assertThat(heirs(full(A))).isFalse();
    assertThat(log.closed(ESTATE)).isTrue();
  }

  @Test
  void anInheritedEstateIsGivenUpByItsServerAlone() {
    assertThat(heirs(full(A))).isTrue();
    assertThat(apply(new Entry.Close(ESTATE, 1))).isFalse();
    die(O);
    assertThat(apply(new Entry.Close(ESTATE, 1))).isFalse();
    assertThat(log.server(ESTATE)).contains(A);
    assertThat(apply(new Entry.Close(ESTATE, 2))).isTrue();
    assertThat(log.closed(ESTATE)).isTrue();
    assertThat(log.servedBy(A)).containsExactly(new EstateId(A));
  }
}
