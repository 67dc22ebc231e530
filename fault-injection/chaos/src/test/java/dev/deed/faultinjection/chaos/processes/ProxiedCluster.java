package dev.deed.faultinjection.chaos.processes;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.Session;
import dev.deed.WorkerId;
import dev.deed.faultinjection.chaos.processes.Mesh.Way;
import dev.deed.futures.cli.Address;
import dev.deed.futures.cli.ClusterAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// `deed worker` processes, named w1, w2, …, and this process as their driver, all of whose
/// connections lead through a [Mesh]. The first three workers vote, and w1 leads as long as nothing
/// happens to it.
/*
 * The mesh must know who listens at a port before somebody dials it; so workers are told their ports,
 * which are none that the system gives to others of its own accord.
 *
 * Questions about the tables of members (`deed memory`) are asked without the mesh: so a test can wait for
 * what comes to pass while a way is held.
 */
final class ProxiedCluster extends TestCluster {
  static final String DRIVER = "driver";

  /// Below what systems give to those who ask for any port.
  private static final int FIRST_PORT = 20_000;

  private static final int LAST_PORT = 30_000;
  private static final String STORE_BYTES = "100m";

  private final Setup setup;

  /// What is there before a session is.
  private static final class Setup implements AutoCloseable {
    final Path folder;
    final DeedConfig config;
    final ToxiproxyServer toxiproxy;
    final Mesh mesh;
    final List<DeedProcess> workers = new ArrayList<>();
    String address = "";

    Setup(Path folder) throws IOException, InterruptedException {
      this.folder = folder;
      config = DeedConfig.defaults().secretFile(TestSecret.create(folder.resolve("secret")));
      toxiproxy = ToxiproxyServer.start();
      mesh = new Mesh(toxiproxy.client(), DRIVER);
    }

    void startWorker(String... options) throws IOException {
      int port = freePort();
      List<String> words = new ArrayList<>(List.of("worker", "--port", port + "", "--cpus", "1"));
      words.addAll(List.of("--store-bytes", STORE_BYTES));
      words.addAll(List.of("--secret-file", folder.resolve("secret").toString()));
      words.addAll(List.of(options));
      if (!address.isEmpty()) {
        words.addAll(List.of("--join", address));
      }
      List<String> flags =
          List.of(
              "-Ddeed.dialer=" + RoutedDialer.class.getName(), "-Ddeed.test.mesh=" + mesh.port());
      String name = name(workers.size());
      mesh.listener(port, name);
      DeedProcess worker = DeedProcess.deed(folder, flags, words.toArray(String[]::new));
      workers.add(worker);
      mesh.process(worker.pid(), name);
      String told = worker.line();
      if (address.isEmpty()) {
        address = told;
      }
    }

    /// Opens the driver's session. The property is for its dialer only.
    Session connect() {
      System.setProperty("deed.dialer", RoutedDialer.class.getName());
      System.setProperty("deed.test.mesh", mesh.port() + "");
      try {
        return Deed.connect(address, config);
      } finally {
        System.clearProperty("deed.dialer");
        System.clearProperty("deed.test.mesh");
      }
    }

    @Override
    public void close() throws IOException {
      workers.forEach(DeedProcess::close);
      mesh.close();
      toxiproxy.close();
    }
  }

  private ProxiedCluster(Setup setup, Session session) {
    super(session);
    this.setup = setup;
  }

  /// @param folder where secret and logs are put
  /// @param workers three or more
  static ProxiedCluster start(Path folder, int workers) throws IOException, InterruptedException {
    Setup setup = new Setup(folder);
    boolean started = false;
    try (VotersWatch voters = new VotersWatch()) {
      while (setup.workers.size() < workers) {
        setup.startWorker();
      }
      ProxiedCluster cluster = new ProxiedCluster(setup, setup.connect());
      voters.await(3);
      started = true;
      return cluster;
    } finally {
      if (!started) {
        setup.close();
      }
    }
  }

  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException _) {
        // Somebody has it.
      }
    }
  }

  Mesh mesh() {
    return setup.mesh;
  }

  /// All that were started, in order.
  List<DeedProcess> processes() {
    return List.copyOf(setup.workers);
  }

  /// Starts another worker; returns when the driver knows of it.
  void addWorker(String... options) throws IOException {
    setup.startWorker(options);
    long pid = setup.workers.getLast().pid();
    awaitSoon(() -> members().stream().anyMatch(member -> member.pid() == pid));
  }

  private static String name(int index) {
    return "w" + (index + 1);
  }

  /// The worker's process.
  DeedProcess process(WorkerId worker) {
    return setup.workers.get(index(worker));
  }

  private int index(WorkerId worker) {
    List<Long> pids = setup.workers.stream().map(DeedProcess::pid).toList();
    return pids.indexOf(pid(worker));
  }

  /// The way from the worker to the driver.
  Way toDriver(WorkerId worker) {
    return new Way(name(index(worker)), DRIVER);
  }

  /// The way from the driver to the worker.
  Way fromDriver(WorkerId worker) {
    return new Way(DRIVER, name(index(worker)));
  }

  /// What the worker's own tables say of a value, asked without the mesh.
  Optional<MemoryReport.Entry> entryAt(WorkerId worker, ObjectId id) {
    return access().memory(Address.parse(setup.address), setup.config).references().stream()
        .filter(entry -> entry.worker().equals(worker) && entry.id().equals(id))
        .findFirst();
  }

  /// Whether the worker is a member as w1 knows it, asked without the mesh.
  boolean livesElsewhere(WorkerId worker) {
    return access().status(Address.parse(setup.address), setup.config).workers().stream()
        .anyMatch(member -> member.id().equals(worker.toString()));
  }

  private static ClusterAccess access() {
    return ClusterAccess.need();
  }

  /// What the workers have said, for the account of a failure.
  String errors() throws IOException {
    StringBuilder text = new StringBuilder();
    for (DeedProcess worker : setup.workers) {
      text.append("\n-- a worker, pid ").append(worker.pid()).append('\n').append(worker.errors());
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    try {
      session().close();
    } finally {
      setup.close();
    }
  }
}
