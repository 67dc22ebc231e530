package dev.deed.futures.cli;

import dev.deed.ConnectException;
import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.Session;
import dev.deed.TaskId;
import dev.deed.WorkerId;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// A cluster backend that only notes what it is asked for; a cluster answers everywhere but at port
/// 1.
public final class FakeBackend implements ClusterAccess {
  private static final List<String> CALLS = new ArrayList<>();
  private static final Address HERE = new Address("127.0.0.1", 7801);
  private static final String SERVICE = "META-INF/services/" + ClusterAccess.class.getName();

  /// For [java.util.ServiceLoader].
  public FakeBackend() {}

  /// Does something while this is the only backend; returns what it was asked for.
  static List<String> during(Path folder, Runnable body) throws IOException {
    CALLS.clear();
    Path file = folder.resolve("services");
    Files.writeString(file, FakeBackend.class.getName());
    inLoader(List.of(file.toUri().toURL()), body);
    return List.copyOf(CALLS);
  }

  /// Does something while there is no backend.
  static Line without(Supplier<Line> body) {
    List<Line> lines = new ArrayList<>();
    inLoader(List.of(), () -> lines.add(body.get()));
    return lines.getFirst();
  }

  private static void inLoader(List<URL> services, Runnable body) {
    Thread thread = Thread.currentThread();
    ClassLoader outer = thread.getContextClassLoader();
    thread.setContextClassLoader(
        new ClassLoader(outer) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            return name.equals(SERVICE)
                ? Collections.enumeration(services)
                : super.getResources(name);
          }
        });
    try {
      body.run();
    } finally {
      thread.setContextClassLoader(outer);
    }
  }

  @Override
  public Workers start(
      int workers, List<java.nio.file.Path> classPath, DeedConfig config, IntConsumer joined) {
    CALLS.add("start " + workers + " cpus " + config.workerCpus());
    joined.accept(workers);
    return new Workers() {
      @Override
      public Address address() {
        return HERE;
      }

      @Override
      public void close() {
        CALLS.add("close");
      }
    };
  }

  @Override
  public Session open(int workers, DeedConfig config) {
    CALLS.add("open " + workers);
    return Deed.local(config);
  }

  @Override
  public void work(WorkerOrder order, Ready ready) {
    CALLS.add(
        "work join "
            + order.join().map(Address::toString).orElse("none")
            + " port "
            + order.port()
            + " cpus "
            + order.config().workerCpus()
            + " host "
            + order.config().hostId().orElse("none")
            + " bind "
            + order.config().bind()
            + " "
            + order.resources());
    ready.joined(HERE, "w1");
  }

  @Override
  public void rehearse(dev.deed.Action body) {
    CALLS.add("rehearse");
  }

  @Override
  public ClusterStatus status(Address address, DeedConfig config) {
    CALLS.add("status " + address);
    if (address.port() == 1) {
      throw new ConnectException("nobody answers at " + address + ": start a worker there.", null);
    }
    return new ClusterStatus(
        address, 3, List.of(new WorkerStatus("w1", "here", 17, address.toString(), "worker", 2)));
  }

  @Override
  public List<JobStatus> jobs(Address address, DeedConfig config) {
    CALLS.add("jobs " + address);
    return List.of(
        new JobStatus("left", "w2", "resumable"),
        new JobStatus("busy", "w3", "running"),
        new JobStatus("gone", "w4", "lost"));
  }

  @Override
  public void dropJob(Address address, String name, DeedConfig config) {
    CALLS.add("drop " + name + " at " + address);
  }

  @Override
  public MemoryReport memory(Address address, DeedConfig config) {
    CALLS.add("memory " + address);
    WorkerId worker = new WorkerId(1, 2);
    ObjectId object = new ObjectId(new TaskId(3, 4), 0);
    return new MemoryReport(
        List.of(
            new MemoryReport.Entry(
                object,
                worker,
                worker,
                "inline",
                17,
                List.of("handle 1"),
                List.of(),
                "Main.fib",
                "Main.main(Main.java:3)")),
        1,
        2,
        0);
  }
}
