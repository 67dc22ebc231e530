package dev.deed.ownership.membership;

import static dev.deed.ownership.membership.MembershipWorld.LEASE_NS;
import static dev.deed.ownership.membership.MembershipWorld.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.membership.MembershipWorld.Node;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MembershipSimulation {
  private static MembershipWorld cluster(long seed, int workers, boolean driver) {
    MembershipWorld world = new MembershipWorld(seed);
    world.found(driver);
    for (int i = 2; i <= workers + (driver ? 1 : 0); i++) {
      Node node = world.add(i, false, "host" + i % 3);
      world.join(node);
    }
    world.run(3_000 * MS);
    return world;
  }

  @Test
  void aWorkerHoldsALeaseSoonAfterItsJoin() {
    MembershipWorld world = new MembershipWorld(1);
    Node first = world.found(true);
    world.run(300 * MS);
    assertThat(world.holders()).containsExactly(first.self.id());
    Node second = world.add(2, false, "host1");
    world.join(second);
    world.run(300 * MS);
    assertThat(second.told).contains("joined");
    assertThat(world.holders()).contains(second.self.id());
  }

  @Test
  void threeWorkersVoteWithoutADriverThatJoinsLater() {
    MembershipWorld world = cluster(2, 4, false);
    world.join(world.add(9, true, "host1"));
    world.run(1_000 * MS);
    assertThat(world.log.voters).hasSize(3).doesNotContain(new WorkerId(9, 7));
    for (Node node : world.nodes.values()) {
      assertThat(node.service.log().voters()).containsExactlyInAnyOrderElementsOf(world.log.voters);
    }
  }

  @Test
  void theDriverThatFoundedOutlivesAllItsWorkers() {
    MembershipWorld world = cluster(8, 4, true);
    Node driver = world.node(new WorkerId(1, 7));
    assertThat(world.log.voters).containsExactly(driver.self.id());
    for (Node node : List.copyOf(world.nodes.values())) {
      if (node != driver) {
        world.kill(node, true);
      }
    }
    world.run(200 * MS);
    assertThat(driver.service.log().members()).containsExactly(driver.self);
    assertThat(driver.told).doesNotContain("ended", "unavailable");
    world.join(world.add(9, false, "host1"));
    world.run(300 * MS);
    assertThat(world.holders()).hasSize(2);
  }

  @Test
  void theFounderIsTheFirstMemberThoughItsEntryFails() {
    MembershipWorld world = new MembershipWorld(11);
    world.log.failingJoins = 2;
    Node first = world.found(true);
    world.join(world.add(2, false, "host1"));
    world.run(2_000 * MS);
    assertThat(first.service.log().founder()).contains(first.self);
    assertThat(world.holders()).hasSize(2);
    assertThat(world.log.voters).containsExactly(first.self.id());
  }

  /// A voter that is killed while the vote spreads from the first worker takes nothing along.
  @Test
  void aWorkerMayDieAtAnyTimeWhileTheVoteSpreads() {
    for (int ms = 0; ms < 60; ms++) {
      MembershipWorld world = new MembershipWorld(100 + ms);
      world.found(false);
      for (int i = 2; i <= 4; i++) {
        world.join(world.add(i, false, "host" + i));
      }
      world.run(ms * MS);
      world.kill(world.node(new WorkerId(2 + ms % 3, 7)), true);
      world.run(2_000 * MS);
      assertThat(world.holders()).as("killed after %d ms", ms).hasSize(3);
      assertThat(world.log.voters).as("voters after a kill at %d ms", ms).hasSize(3);
    }
  }

  @Test
  void aProvenDeathIsInTheLogLongBeforeALeaseEnds() {
    MembershipWorld world = cluster(3, 6, false);
    Node leader = world.node(world.log.leader.orElseThrow());
    world.kill(leader, true);
    world.run(LEASE_NS / 2);
    for (Node node : world.nodes.values()) {
      if (node.alive) {
        assertThat(node.service.log().dead(leader.self.id())).isTrue();
        assertThat(node.service.fence()).isGreaterThanOrEqualTo(node.service.log().lastDeath());
        assertThat(node.leaseTold).isTrue();
      }
    }
    world.run(LEASE_NS);
    assertThat(world.log.voters).hasSize(3).doesNotContain(leader.self.id());
  }

  /// The first three workers vote, the first one leads, and a driver has joined.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 9})
  void whoLeavesSaysSoItself(int number) {
    MembershipWorld world = cluster(12, 4, false);
    world.join(world.add(9, true, "host1"));
    world.run(1_000 * MS);
    assertThat(world.log.leader).contains(new WorkerId(1, 7));
    Node leaving = world.node(new WorkerId(number, 7));
    world.leave(leaving);
    world.run(500 * MS);
    assertThat(leaving.told).containsExactly("joined", "left");
    for (Node node : world.nodes.values()) {
      assertThat(node.service.log().dead(leaving.self.id())).isTrue();
      assertThat(node == leaving || node.leaseTold).isTrue();
    }
    world.run(LEASE_NS);
    assertThat(world.holders()).hasSize(4);
    assertThat(world.log.voters).hasSize(3).doesNotContain(leaving.self.id());
  }

  @Test
  void aSoleVoterLeavesWithoutAWord() {
    MembershipWorld world = cluster(13, 2, true);
    Node driver = world.node(new WorkerId(1, 7));
    int entries = world.log.entries.size();
    driver.service.leave(driver.clock());
    assertThat(driver.told).contains("left");
    world.run(200 * MS);
    assertThat(world.log.entries).hasSize(entries);
  }

  @Test
  void whoLeavesAClusterThatHasEndedWaitsForNothing() {
    MembershipWorld world = cluster(14, 2, true);
    Node worker = world.node(new WorkerId(2, 7));
    world.kill(world.node(new WorkerId(1, 7)), false);
    worker.service.leave(worker.clock());
    assertThat(worker.told).doesNotContain("left");
    worker.service.proofOfDeath(new WorkerId(1, 7), "probed", worker.clock());
    assertThat(worker.told).contains("left").doesNotContain("ended");
  }

  @Test
  void aSilentWorkerIsDeclaredDeadAndHearsItWhenItComesBack() {
    MembershipWorld world = cluster(4, 4, true);
    Node silent = world.node(new WorkerId(5, 7));
    world.pause(silent, 3 * LEASE_NS);
    world.run(3 * LEASE_NS + 2_000 * MS);
    assertThat(silent.told).anyMatch(text -> text.startsWith("dead"));
    assertThat(world.holders()).hasSize(4);
  }

  @Test
  void aDeadOnlyVoterEndsTheCluster() {
    MembershipWorld world = cluster(5, 1, true);
    assertThat(world.log.voters).hasSize(1);
    world.kill(world.node(world.log.voters.getFirst()), true);
    world.run(2 * LEASE_NS);
    assertThat(world.node(new WorkerId(2, 7)).told).contains("ended");
    assertThat(world.holders()).isEmpty();
    for (Node node : world.nodes.values()) {
      assertThat(!node.alive || node.told.contains("unavailable")).isTrue();
    }
  }

  @Test
  void aMinorityStopsAndGoesOnWhenTheCutHealsInTime() {
    MembershipWorld world = cluster(6, 3, false);
    List<Node> nodes = new ArrayList<>(world.nodes.values());
    for (Node a : nodes) {
      for (Node b : nodes) {
        if (a != b) {
          world.cut(a, b);
        }
      }
    }
    world.run(LEASE_NS + 100 * MS);
    assertThat(world.holders()).isEmpty();
    world.heal();
    world.run(2_000 * MS);
    assertThat(world.holders()).hasSize(3);
  }

  @Test
  void aProposalComesThroughAChangeOfLeaders() {
    MembershipWorld world = cluster(7, 5, false);
    Node leader = world.node(world.log.leader.orElseThrow());
    world.kill(leader, true);
    Node driver = world.node(new WorkerId(leader.self.id().equals(new WorkerId(1, 7)) ? 2 : 1, 7));
    Entry answer = new Entry.Answer(driver.self.id(), 3);
    driver.service.propose(answer, driver.clock());
    world.run(1_500 * MS);
    assertThat(driver.followed).contains(answer);
    driver.service.propose(new Entry.Answer(new WorkerId(9, 9), 3), driver.clock());
    world.run(500 * MS);
    assertThat(driver.told).anyMatch(text -> text.startsWith("refused: Answer"));
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertThat(chaos(99)).isEqualTo(chaos(99));
  }

  /// The model test of leases: [MembershipWorld] checks in every run that no holder is declared
  /// dead.
  @Test
  void noHolderIsEverDeclaredDeadWhateverHappens() {
    long fresh = Long.getLong("deed.seed", System.nanoTime());
    for (long seed = 0; seed < 150; seed++) {
      run(seed);
      run(fresh + seed);
    }
  }

  /// Declared dead, before or after it heard that it was a member.
  private static boolean isEnd(String told) {
    return told.startsWith("dead") || told.contains("declared dead");
  }

  private static void run(long seed) {
    try {
      chaos(seed);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "seed " + seed + " (-Ddeed.seed=" + seed + "): " + e.getMessage(), e);
    }
  }

  private static String chaos(long seed) {
    MembershipWorld world = cluster(seed, 5, seed % 4 == 0);
    world.join(world.add(10, true, "host1"));
    int number = 20;
    for (int round = 0; round < 12; round++) {
      List<Node> living = world.nodes.values().stream().filter(n -> n.alive).toList();
      Node a = living.get(world.random.nextInt(living.size()));
      Node b = living.get(world.random.nextInt(living.size()));
      switch (world.random.nextInt(7)) {
        case 0 -> world.pause(a, world.random.nextLong(2 * LEASE_NS));
        case 1, 2 -> world.cut(a, b);
        case 3 -> world.heal();
        case 4 -> {
          if (living.size() > 4) {
            world.kill(a, world.random.nextBoolean());
          }
          world.join(world.add(number++, false, "host" + number % 3));
        }
        case 5 -> {
          if (living.size() > 4) {
            world.leave(a);
          }
        }
        default -> world.run(LEASE_NS);
      }
      world.run(world.random.nextLong(LEASE_NS));
    }
    world.heal();
    world.run(5 * LEASE_NS);
    if (world.log.leader.isPresent()) {
      for (Node node : world.nodes.values()) {
        boolean quiet = !node.alive || node.told.stream().anyMatch(MembershipSimulation::isEnd);
        MembershipWorld.check(
            quiet || node.service.holdsLease(node.clock()),
            "no lease at the end: " + node.self.id() + node.told);
      }
    }
    return world.trace();
  }
}
