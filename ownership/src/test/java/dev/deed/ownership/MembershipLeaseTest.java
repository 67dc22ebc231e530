package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.WorkerId;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipLeaseTest {
  private static final long LEASE = 5_000_000_000L;
  private static final long MARGIN = 100_000_000L;
  private static final WorkerId A = new WorkerId(1, 1);
  private static final WorkerId B = new WorkerId(1, 2);

  @Test
  void aLeaseRunsFromTheSendingOfTheGrantedRenewal() {
    long start = Long.MAX_VALUE - LEASE / 2;
    MembershipLease lease = new MembershipLease(LEASE);
    assertThat(lease.renewalDue(start)).isTrue();
    long first = lease.renew(start);
    assertThat(lease.holds(start)).isFalse();
    lease.granted(first);
    assertThat(lease.holds(start + LEASE - 1)).isTrue();
    assertThat(lease.remainingNs(start + LEASE - 1)).isEqualTo(1);
    assertThat(lease.holds(start + LEASE)).isFalse();
  }

  @Test
  void renewalsAreDueAfterAThirdOfTheLease() {
    MembershipLease lease = new MembershipLease(LEASE);
    lease.renew(0);
    assertThat(lease.renewalDue(LEASE / 3 - 1)).isFalse();
    assertThat(lease.renewalDue(LEASE / 3)).isTrue();
  }

  @Test
  void grantsOfOldOrUnknownRenewalsDoNotProlongIt() {
    MembershipLease lease = new MembershipLease(LEASE);
    long first = lease.renew(0);
    long second = lease.renew(10);
    lease.granted(second);
    lease.granted(first);
    lease.granted(second + 7);
    assertThat(lease.remainingNs(10)).isEqualTo(LEASE);
    assertThat(lease.holds(10 + LEASE)).isFalse();
  }

  @Test
  void anEndedLeaseIsNeverHeldAgain() {
    MembershipLease lease = new MembershipLease(LEASE);
    long first = lease.renew(0);
    lease.end();
    lease.granted(first);
    assertThat(lease.holds(1)).isFalse();
  }

  @Test
  void aRenewalIsGrantedOnlyWithAnEntryAppendedAfterItsReceipt() {
    MembershipLeaseKeeper keeper = new MembershipLeaseKeeper(LEASE, MARGIN);
    keeper.start(List.of(A, B), 0);
    assertThat(keeper.wantsEntry()).isFalse();
    keeper.appending(1);
    assertThat(keeper.receive(A, 1, 10)).isTrue();
    assertThat(keeper.committed(1)).isEmpty();
    assertThat(keeper.wantsEntry()).isTrue();
    keeper.appending(2);
    assertThat(keeper.receive(B, 1, 11)).isTrue();
    assertThat(keeper.committed(2)).containsExactly(new MembershipLeaseKeeper.Grant(A, 1));
    assertThat(keeper.committed(2)).isEmpty();
    keeper.appending(3);
    keeper.failed(3);
    assertThat(keeper.committed(3)).isEmpty();
    keeper.appending(4);
    assertThat(keeper.committed(4)).containsExactly(new MembershipLeaseKeeper.Grant(B, 1));
  }

  @Test
  void aRenewalOvertakenByItsSuccessorWaitsForTheSuccessorsEntry() {
    MembershipLeaseKeeper keeper = new MembershipLeaseKeeper(LEASE, MARGIN);
    keeper.start(List.of(A), 0);
    keeper.receive(A, 1, 10);
    keeper.appending(1);
    keeper.receive(A, 2, 20);
    assertThat(keeper.committed(1)).isEmpty();
    keeper.appending(2);
    assertThat(keeper.committed(2)).containsExactly(new MembershipLeaseKeeper.Grant(A, 2));
  }

  @Test
  void aKeeperCountsLongerThanBothClocksCanDrift() {
    MembershipLeaseKeeper keeper = new MembershipLeaseKeeper(LEASE, 0);
    keeper.start(List.of(A), 0);
    keeper.receive(A, 1, 1_000);
    // The holder's clock is slow by 1e-3, the keeper's fast by as much.
    long holderEndsReal = (long) (LEASE / (1 - 1e-3));
    long keeperShows = (long) (holderEndsReal * (1 + 1e-3));
    assertThat(keeper.expired(1_000 + keeperShows)).isEmpty();
    assertThat(keeper.expired(1_000 + LEASE + LEASE / 100)).containsExactly(A);
  }

  @Test
  void aNewLeaderStartsAllLeasesAndADeposedOneDeclaresNobody() {
    MembershipLeaseKeeper keeper = new MembershipLeaseKeeper(LEASE, MARGIN);
    keeper.start(List.of(A, B), 0);
    keeper.start(List.of(A), LEASE);
    assertThat(keeper.expired(LEASE + 1)).isEmpty();
    assertThat(keeper.receive(B, 1, LEASE)).isFalse();
    keeper.add(B, 2 * LEASE);
    assertThat(keeper.expired(2 * LEASE + LEASE / 10)).containsExactly(A);
    keeper.stop();
    assertThat(keeper.expired(10 * LEASE)).isEmpty();
  }
}
