package dev.deed.transport.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Voters in processes of their own, killed with SIGKILL.
class ReplicatedLogClusterTest {
  private static final String CLUSTER = "log-test";

  @TempDir Path names;
  private final List<ChildJvm> children = new ArrayList<>();

  @AfterEach
  void killAll() throws InterruptedException {
    for (ChildJvm child : children) {
      child.kill();
    }
  }

  private static WorkerId id(int number) {
    return new WorkerId(42, number);
  }

  private final class Voter {
    final WorkerId id;
    final ChildJvm jvm;

    Voter(int number, Voter... peers) throws IOException, InterruptedException {
      id = id(number);
      List<String> arguments = new ArrayList<>(List.of(id.toString(), CLUSTER, names.toString()));
      for (Voter peer : peers) {
        arguments.add(peer.word("ready", 1));
      }
      jvm = new ChildJvm(VoterProcess.class, arguments.toArray(String[]::new));
      children.add(jvm);
      jvm.await(0, line -> line.contains(" ready "));
    }

    /// A word of the first line that starts so behind its time.
    String word(String kind, int word) throws InterruptedException {
      return jvm.await(0, line -> line.contains(" " + kind + " ")).split(" ", -1)[1 + word];
    }

    String ask(String command, String answer) throws InterruptedException {
      int from = jvm.lines().size();
      jvm.say(command);
      return jvm.await(from, line -> line.contains(" " + answer) || line.contains(" failed "));
    }

    boolean leads() {
      return jvm.lines().stream()
          .filter(line -> line.contains(" leads "))
          .reduce((_, last) -> last)
          .filter(line -> line.endsWith("true"))
          .isPresent();
    }

    List<String> committed() {
      return jvm.lines().stream()
          .filter(line -> line.contains(" committed "))
          .map(line -> line.substring(line.indexOf("committed")))
          .toList();
    }
  }

  private List<Voter> three() throws Exception {
    Voter first = new Voter(1);
    Voter second = new Voter(2, first);
    Voter third = new Voter(3, first);
    assertThat(first.ask("append one", "appended")).contains("appended 1");
    assertThat(first.ask("add " + second.id + " " + third.id, "added")).doesNotContain("failed");
    return List.of(first, second, third);
  }

  private static Voter leader(Voter... voters) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < deadline) {
      for (Voter voter : voters) {
        if (voter.leads()) {
          return voter;
        }
      }
      Thread.sleep(5);
    }
    throw new AssertionError("nobody leads");
  }

  @Test
  void aKilledLeaderIsReplacedAndItsVoteGoesToANewVoter() throws Exception {
    List<Voter> voters = three();
    Voter first = voters.get(0);
    Voter second = voters.get(1);
    Voter third = voters.get(2);
    assertThat(third.ask("append two", "appended")).contains("appended 2");
    first.jvm.kill();
    Voter leader = leader(second, third);
    Voter other = leader == second ? third : second;
    assertThat(leader.ask("append three", "appended")).contains("appended 3");
    assertThat(leader.ask("remove " + first.id, "removed")).doesNotContain("failed");

    Voter fourth = new Voter(4, leader, other);
    assertThat(leader.ask("add " + fourth.id, "added")).doesNotContain("failed");
    assertThat(leader.ask("voters", "voters"))
        .contains(fourth.id.toString())
        .doesNotContain(first.id.toString());
    fourth.jvm.await(0, line -> line.contains("committed 3"));
    assertThat(fourth.committed())
        .containsExactly("committed 1 one", "committed 2 two", "committed 3 three");

    leader.jvm.kill();
    Voter last = leader(other, fourth);
    assertThat(last.ask("append four", "appended")).contains("appended 4");
  }

  @Test
  void aStoppedLeaderIsReplacedAtOnceWhenItIsSuspected() throws Exception {
    List<Voter> voters = three();
    voters.get(0).jvm.signal("STOP");
    voters.get(1).jvm.say("suspect " + voters.get(0).id);
    voters.get(2).jvm.say("suspect " + voters.get(0).id);
    long start = System.nanoTime();
    Voter leader = leader(voters.get(1), voters.get(2));
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
        .isLessThan(VoterStack.SILENCE_MS);
    assertThat(leader.ask("append two", "appended")).contains("appended 2");
  }

  @Test
  void twoVotersAtOnceAreOnlyAddedToOne() throws Exception {
    List<Voter> voters = three();
    voters.get(1).jvm.kill();
    assertThat(voters.get(0).ask("append two", "appended")).contains("appended 2");
    Voter fourth = new Voter(4, voters.get(0));
    Voter fifth = new Voter(5, voters.get(0));
    assertThat(voters.get(0).ask("add " + fourth.id + " " + fifth.id, "added"))
        .contains("failed")
        .contains("a single one only");
  }

  @Test
  void withoutAMajorityNothingIsAppended() throws Exception {
    List<Voter> voters = three();
    voters.get(1).jvm.kill();
    voters.get(2).jvm.kill();
    assertThat(voters.get(0).ask("append two", "appended"))
        .contains("failed")
        .contains("LogException");
    assertThat(voters.get(0).committed()).containsExactly("committed 1 one");
  }

  @Test
  void aVoterHearsOfCompactedEntriesByTheirNumber() throws Exception {
    byte[] mark = "-".getBytes(StandardCharsets.UTF_8);
    Heard first = new Heard();
    Heard second = new Heard();
    try (TestSockets one = new TestSockets(id(1), names);
        TestSockets two = new TestSockets(id(2), names);
        ReplicatedLog log = ReplicatedLog.bootstrap(small(1, one), first)) {
      for (int i = 1; i <= 500; i++) {
        byte[] entry = i % 100 == 0 ? ("e" + i).getBytes(StandardCharsets.UTF_8) : mark;
        assertThat(log.append(entry).join()).isEqualTo(i);
      }
      try (ReplicatedLog copy =
          ReplicatedLog.join(small(2, two), List.of(one.endpoint.address()), second)) {
        log.addVoters(List.of(id(2))).join();
        assertThat(log.append(mark).join()).isEqualTo(501);
        assertThat(copy.append(mark).join()).isEqualTo(502);
        second.await(502);
        assertThat(second.entries).containsExactlyElementsOf(first.entries);
        assertThat(second.entries).contains("100 e100", "101 -", "500 e500");
        log.removeVoter(id(2)).join();
      }
      assertThat(log.append(mark).join()).isEqualTo(503);
    }
  }

  @Test
  void whatCanNotBeIsRefusedWithItsReason() throws Exception {
    try (TestSockets sockets = new TestSockets(id(1), names)) {
      ReplicatedLog.Config config =
          ReplicatedLog.Config.of(CLUSTER + 3, id(1), sockets.sockets, new byte[] {3});
      ReplicatedLog log = ReplicatedLog.bootstrap(config, new Heard());
      try (log) {
        assertThat(log.isLeader()).isTrue();
        assertThat(log.leader()).contains(id(1));
        assertThat(log.voters()).containsExactly(id(1));
        assertThatThrownBy(() -> log.append(new byte[0]).join())
            .hasCauseInstanceOf(LogException.class);
        assertThatThrownBy(() -> log.append(new byte[ReplicatedLog.MAX_ENTRY_BYTES + 1]).join())
            .hasCauseInstanceOf(LogException.class);
        assertThatThrownBy(
                () -> log.addVoters(List.of(id(7))).orTimeout(300, TimeUnit.MILLISECONDS).join())
            .isInstanceOf(CompletionException.class);
      }
      assertThatThrownBy(() -> log.append(new byte[1]).join()).hasMessageContaining("closed");
      assertThatThrownBy(
              () -> ReplicatedLog.join(config, List.of(sockets.endpoint.address()), new Heard()))
          .isInstanceOf(LogException.class);
    }
  }

  /// Small snapshots, so that they happen.
  private static ReplicatedLog.Config small(int number, TestSockets sockets) {
    byte[] mark = "-".getBytes(StandardCharsets.UTF_8);
    return new ReplicatedLog.Config(
        CLUSTER + 2, id(number), sockets.sockets, mark, 200, 2_000, 5_000);
  }

  private static final class Heard implements LogListener {
    final ConcurrentLinkedQueue<String> entries = new ConcurrentLinkedQueue<>();

    @Override
    public void committed(long index, byte[] entry) {
      entries.add(index + " " + new String(entry, StandardCharsets.UTF_8));
    }

    @Override
    public void leadership(boolean leads) {
      // Asked for with isLeader.
    }

    void await(int count) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (entries.size() < count && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
    }
  }
}
