package dev.deed.faultinjection.chaos.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.Member;
import dev.deed.faultinjection.chaos.processes.Mesh.Trouble;
import dev.deed.faultinjection.chaos.processes.Mesh.Trouble.Kind;
import dev.deed.faultinjection.chaos.processes.Mesh.Way;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Drawn graphs of tasks on three `deed worker` processes, all of whose connections lead through
/// toxiproxy: ways get slow, or are cut in one direction or both for less than a lease, and heal; a
/// worker is killed meanwhile. `-Ddeed.test.seed=N` draws the same graphs and faults again.
@Timeout(150)
final class MeshChaosTest {
  private static final int WORKERS = 3;
  private static final int FAULTS = 6;
  private static final int NODES = 250;
  private static final Duration GUARD = Duration.ofSeconds(60);

  /// Longest cut: with the time to connect again, well below the lease of 5 s.
  private static final int LONGEST_CUT_MS = 1_500;

  @TempDir Path folder;

  private final long seed = Long.getLong("deed.test.seed", System.nanoTime());
  private final List<String> faults = new ArrayList<>();
  private final long beganNs = System.nanoTime();
  private final Map<Kind, Integer> struck = new EnumMap<>(Kind.class);

  @Test
  void slowAndCutLinksChangeNoResult() throws Exception {
    run(List.of(Kind.CUT, Kind.LATENCY), false);
  }

  @Test
  void slowAndCutLinksAndADeathChangeNoResult() throws Exception {
    run(List.of(Kind.CUT, Kind.LATENCY), true);
  }

  private void run(List<Kind> kinds, boolean kill) throws Exception {
    System.out.println("deed.test.seed=" + seed);
    try (ProxiedCluster cluster = ProxiedCluster.start(folder, WORKERS)) {
      try {
        trouble(cluster, kinds, kill);
        cluster.assertNothingLeft();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(account() + cluster.errors(), e);
      }
    }
  }

  /// What a failure is told with: the seed and the faults.
  private String account() {
    StringBuilder text = new StringBuilder("deed.test.seed=" + seed);
    synchronized (faults) {
      faults.forEach(fault -> text.append("\n").append(fault));
    }
    return text.toString();
  }

  private void note(String fault) {
    synchronized (faults) {
      faults.add((System.nanoTime() - beganNs) / 1_000_000 + " ms: " + fault);
    }
  }

  private void trouble(ProxiedCluster cluster, List<Kind> kinds, boolean kill) {
    Mesh mesh = cluster.mesh();
    Random random = new Random(seed);
    Random drawn = new Random(random.nextLong());
    CompletableFuture<Void> nemesis =
        CompletableFuture.runAsync(
            () -> strike(cluster, drawn, kinds, kill), Thread::startVirtualThread);
    int rounds = 0;
    do {
      TaskGraph graph = TaskGraph.draw(random, NODES);
      assertThat(graph.run(GUARD)).as("round " + rounds).isEqualTo(graph.plain());
      rounds++;
    } while (!nemesis.isDone());
    nemesis.join();
    assertThat(mesh.toxics()).isZero();
    TaskGraph healed = TaskGraph.draw(random, NODES);
    assertThat(healed.run(GUARD)).isEqualTo(healed.plain());
    assertThat(struck.keySet()).containsExactlyInAnyOrderElementsOf(kinds);
    assertThat(mesh.ways()).as("ways with a proxy").hasSizeGreaterThan(WORKERS);
    List<Long> living =
        cluster.processes().stream().filter(DeedProcess::isAlive).map(DeedProcess::pid).toList();
    assertThat(living).as("nobody died but the killed one").hasSize(kill ? WORKERS - 1 : WORKERS);
    assertThat(cluster.members().stream().map(Member::pid))
        .as("nobody was declared dead for a cut")
        .containsExactlyInAnyOrderElementsOf(living);
  }

  /// One fault after the other; if asked for, a worker is killed in the middle. All is healed at
  /// the end.
  private void strike(ProxiedCluster cluster, Random random, List<Kind> kinds, boolean kill) {
    Mesh mesh = cluster.mesh();
    List<String> names = new ArrayList<>(List.of(ProxiedCluster.DRIVER, "w1", "w2", "w3"));
    for (int fault = 0; fault < FAULTS; fault++) {
      if (kill && fault == FAULTS / 2) {
        int victim = random.nextInt(WORKERS);
        note("kill w" + (victim + 1));
        cluster.processes().get(victim).kill();
      }
      String from = names.get(random.nextInt(names.size()));
      String to;
      do {
        to = names.get(random.nextInt(names.size()));
      } while (to.equals(from));
      // Each kind strikes, whatever is drawn.
      Kind kind = kinds.get(fault % kinds.size());
      List<Way> ways = new ArrayList<>(List.of(new Way(from, to)));
      if (random.nextBoolean()) {
        ways.add(new Way(to, from));
      }
      struck.merge(kind, 1, Integer::sum);
      Trouble trouble = new Trouble(kind, 20 + random.nextInt(80));
      note(trouble + " on " + ways);
      ways.forEach(way -> mesh.trouble(way, trouble));
      last(500 + random.nextInt(LONGEST_CUT_MS - 500));
      ways.forEach(mesh::heal);
      note("healed");
      last(200 + random.nextInt(300));
    }
  }

  private static void last(int ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
