package dev.deed.faultinjection.chaos.processes;

import static eu.rekawek.toxiproxy.model.ToxicDirection.DOWNSTREAM;
import static eu.rekawek.toxiproxy.model.ToxicDirection.UPSTREAM;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.Toxic;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// One toxiproxy proxy for each process and each process that it dials, made when it first dials.
/// Thread-safe: one change at a time.
/*
 * A connection carries bytes both ways, and either end may have dialed it. So what goes from i to j is
 * held up where i dials j (upstream) and where j dials i (downstream). A fault also holds for proxies
 * that are made while it lasts.
 *
 * toxiproxy-java waits for answers without end; here a call that takes 10 s is an error.
 */
final class Mesh implements AutoCloseable {
  private static final long CALL_SECONDS = 10;

  /// The way from one process to another.
  record Way(String from, String to) {}

  /// What happens to the bytes of a way.
  record Trouble(Kind kind, long ms) {
    enum Kind {
      /// Every byte comes later by so long.
      LATENCY,
      /// Nothing comes through.
      CUT
    }
  }

  private final ToxiproxyClient client;
  private final LoopbackServer server;
  private final Map<Long, String> namesByPid = new HashMap<>();
  private final Map<Integer, String> namesByPort = new HashMap<>();
  private final Map<Way, Map<Integer, Proxy>> proxies = new LinkedHashMap<>();
  private final Map<Way, Trouble> troubles = new LinkedHashMap<>();
  private final String driver;

  /// @param driver name of this process, which also listens wherever [#listener] names nobody
  Mesh(ToxiproxyClient client, String driver) throws IOException {
    this.client = client;
    this.driver = driver;
    namesByPid.put(ProcessHandle.current().pid(), driver);
    server = LoopbackServer.start("mesh", this::answer);
  }

  /// Where [RoutedDialer] asks.
  int port() {
    return server.port();
  }

  /// A process dials under this name.
  synchronized void process(long pid, String name) {
    namesByPid.put(pid, name);
    notifyAll();
  }

  /// Who listens there has this name.
  synchronized void listener(int port, String name) {
    namesByPort.put(port, name);
  }

  private void answer(Socket socket) throws IOException, InterruptedException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    long pid = in.readLong();
    int port = in.readInt();
    new DataOutputStream(socket.getOutputStream()).writeInt(route(pid, port));
  }

  private synchronized int route(long pid, int port) throws InterruptedException {
    while (!namesByPid.containsKey(pid)) {
      wait();
    }
    Way way = new Way(namesByPid.get(pid), namesByPort.getOrDefault(port, driver));
    Map<Integer, Proxy> ofWay = proxies.computeIfAbsent(way, _ -> new LinkedHashMap<>());
    Proxy proxy = ofWay.get(port);
    if (proxy == null) {
      String name = way.from + "-" + way.to + "-" + port;
      proxy = call(() -> client.createProxy(name, "127.0.0.1:0", "127.0.0.1:" + port));
      ofWay.put(port, proxy);
      trouble(proxy, UPSTREAM, troubles.get(way));
      trouble(proxy, DOWNSTREAM, troubles.get(new Way(way.to, way.from)));
    }
    String listen = proxy.getListen();
    return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
  }

  /// Puts what goes this way into trouble, until [#heal].
  synchronized void trouble(Way way, Trouble trouble) {
    troubles.put(way, trouble);
    proxies.getOrDefault(way, Map.of()).values().forEach(p -> trouble(p, UPSTREAM, trouble));
    proxies
        .getOrDefault(new Way(way.to, way.from), Map.of())
        .values()
        .forEach(p -> trouble(p, DOWNSTREAM, trouble));
  }

  private static void trouble(
      Proxy proxy, ToxicDirection direction, @org.jspecify.annotations.Nullable Trouble trouble) {
    if (trouble != null) {
      String name = direction.name();
      call(() ->
          switch (trouble.kind) {
            case LATENCY -> proxy.toxics().latency(name, direction, trouble.ms);
            case CUT -> proxy.toxics().timeout(name, direction, 0);
          });
    }
  }

  /// Ends the trouble of this way. What was cut is closed and must be dialed again.
  synchronized void heal(Way way) {
    troubles.remove(way);
    proxies.getOrDefault(way, Map.of()).values().forEach(p -> heal(p, UPSTREAM));
    proxies
        .getOrDefault(new Way(way.to, way.from), Map.of())
        .values()
        .forEach(p -> heal(p, DOWNSTREAM));
  }

  /// Ends all troubles.
  synchronized void healAll() {
    java.util.List.copyOf(troubles.keySet()).forEach(this::heal);
  }

  private static void heal(Proxy proxy, ToxicDirection direction) {
    call(() -> {
      Toxic toxic = proxy.toxics().get(direction.name());
      toxic.remove();
      return toxic;
    });
  }

  /// How many toxics the server has.
  int toxics() {
    return call(() -> {
      int count = 0;
      for (Proxy proxy : client.getProxies()) {
        count += proxy.toxics().getAll().size();
      }
      return count;
    });
  }

  /// The ways over which there is a proxy.
  synchronized java.util.Set<Way> ways() {
    return java.util.Set.copyOf(proxies.keySet());
  }

  private static <T> T call(Callable<T> callable) {
    try {
      return CompletableFuture.supplyAsync(
              () -> {
                try {
                  return callable.call();
                } catch (Exception e) {
                  throw new CompletionException(e);
                }
              },
              Thread::startVirtualThread)
          .orTimeout(CALL_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      throw new AssertionError("toxiproxy does not do what it is told: " + e.getCause(), e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
