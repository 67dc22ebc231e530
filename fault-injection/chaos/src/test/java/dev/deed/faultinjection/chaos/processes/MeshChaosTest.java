package dev.deed.faultinjection.chaos.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Member;
import dev.deed.MemoryReport;
import dev.deed.Session;
import dev.deed.faultinjection.chaos.processes.Mesh.Trouble;
import dev.deed.faultinjection.chaos.processes.Mesh.Trouble.Kind;
import dev.deed.faultinjection.chaos.processes.Mesh.Way;
import java.io.IOException;
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
  private final List<DeedProcess> workers = new ArrayList<>();
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
    try (ToxiproxyServer toxiproxy = ToxiproxyServer.start();
        Mesh mesh = new Mesh(toxiproxy.client(), "driver")) {
      System.setProperty("deed.dialer", RoutedDialer.class.getName());
      System.setProperty("deed.test.mesh", mesh.port() + "");
      try {
        String address = startWorkers(mesh);
        DeedConfig config = DeedConfig.defaults().secretFile(folder.resolve("secret"));
        try (VotersWatch voters = new VotersWatch();
            Session session = Deed.connect(address, config)) {
          voters.await(WORKERS);
          trouble(mesh, session, kinds, kill);
          assertNothingLeft(session);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(account(), e);
        }
      } finally {
        System.clearProperty("deed.dialer");
        System.clearProperty("deed.test.mesh");
        workers.forEach(DeedProcess::close);
      }
    }
  }

  /// What a failure is told with: the seed, the faults, and what the workers have said.
  private String account() throws IOException {
    StringBuilder text = new StringBuilder("deed.test.seed=" + seed);
    synchronized (faults) {
      faults.forEach(fault -> text.append("\n").append(fault));
    }
    for (DeedProcess worker : workers) {
      text.append("\n-- a worker, pid ").append(worker.pid()).append('\n').append(worker.errors());
    }
    return text.toString();
  }

  private void note(String fault) {
    synchronized (faults) {
      faults.add((System.nanoTime() - beganNs) / 1_000_000 + " ms: " + fault);
    }
  }

  private String startWorkers(Mesh mesh) throws IOException {
    TestSecret.create(folder.resolve("secret"));
    String first = startWorker(mesh);
    while (workers.size() < WORKERS) {
      startWorker(mesh, "--join", first);
    }
    return first;
  }

  private String startWorker(Mesh mesh, String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("worker", "--cpus", "1", "--store-bytes", "200m"));
    words.addAll(List.of("--secret-file", folder.resolve("secret").toString()));
    words.addAll(List.of(options));
    List<String> flags =
        List.of("-Ddeed.dialer=" + RoutedDialer.class.getName(), "-Ddeed.test.mesh=" + mesh.port());
    DeedProcess worker = DeedProcess.deed(folder, flags, words.toArray(String[]::new));
    workers.add(worker);
    String name = "w" + workers.size();
    mesh.process(worker.pid(), name);
    String address = worker.line();
    mesh.listener(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)), name);
    return address;
  }

  private void trouble(Mesh mesh, Session session, List<Kind> kinds, boolean kill) {
    Random random = new Random(seed);
    Random drawn = new Random(random.nextLong());
    CompletableFuture<Void> nemesis =
        CompletableFuture.runAsync(
            () -> strike(mesh, drawn, kinds, kill), Thread::startVirtualThread);
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
        workers.stream().filter(DeedProcess::isAlive).map(DeedProcess::pid).toList();
    assertThat(living).as("nobody died but the killed one").hasSize(kill ? WORKERS - 1 : WORKERS);
    assertThat(session.cluster().members().stream().filter(m -> !m.driver()).map(Member::pid))
        .as("nobody was declared dead for a cut")
        .containsExactlyInAnyOrderElementsOf(living);
  }

  /// One fault after the other; if asked for, a worker is killed in the middle. All is healed at
  /// the end.
  private void strike(Mesh mesh, Random random, List<Kind> kinds, boolean kill) {
    List<String> names = new ArrayList<>(List.of("driver", "w1", "w2", "w3"));
    for (int fault = 0; fault < FAULTS; fault++) {
      if (kill && fault == FAULTS / 2) {
        int victim = random.nextInt(WORKERS);
        note("kill w" + (victim + 1));
        workers.get(victim).kill();
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

  private static void assertNothingLeft(Session session) {
    for (Member member : session.cluster().members()) {
      if (!member.driver()) {
        Deed.with(o -> o.onWorker(member.id())).run(System::gc).get(GUARD);
      }
    }
    System.gc();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> {
          MemoryReport report = session.memory();
          assertThat(report.references()).isEmpty();
          assertThat(report.storedBytes()).isZero();
        });
  }
}
