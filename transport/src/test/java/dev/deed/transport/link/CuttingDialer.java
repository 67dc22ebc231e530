package dev.deed.transport.link;

import dev.deed.transport.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A dialer that leads each connection through a proxy of its own, which cuts it after so many
/// bytes, or lets it live and swallow everything.
final class CuttingDialer implements Dialer, AutoCloseable {
  private final LongSupplier budgets;
  private final Set<Tunnel> tunnels = ConcurrentHashMap.newKeySet();
  private final Set<Thread> pumps = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean frozen;

  /// `budgets` gives the bytes after which the next connection is cut, both directions together.
  CuttingDialer(LongSupplier budgets) {
    this.budgets = budgets;
  }

  /// Number of connections that were cut so far.
  int cuts() {
    return cuts.get();
  }

  /// From now on, what goes through existing connections vanishes and nobody is told.
  void freeze() {
    frozen = true;
    tunnels.forEach(tunnel -> tunnel.frozen = true);
  }

  /// New connections work again.
  void thaw() {
    frozen = false;
  }

  @Override
  public SocketChannel connect(InetSocketAddress address, Duration timeout) throws IOException {
    if (frozen) {
      throw new IOException("the network is down");
    }
    try (ServerSocket door = new ServerSocket()) {
      door.bind(Pair.loopback());
      SocketChannel near =
          Dialer.direct().connect((InetSocketAddress) door.getLocalSocketAddress(), timeout);
      boolean through = false;
      try {
        Socket inner = door.accept();
        Tunnel tunnel =
            new Tunnel(
                inner,
                Dialer.direct().connect(address, timeout).socket(),
                new AtomicLong(budgets.getAsLong()));
        tunnels.add(tunnel);
        pump(tunnel, tunnel.inner, tunnel.outer);
        pump(tunnel, tunnel.outer, tunnel.inner);
        through = true;
        return near;
      } finally {
        if (!through) {
          near.close();
        }
      }
    }
  }

  private void pump(Tunnel tunnel, Socket from, Socket to) {
    Thread thread = Thread.ofVirtual().unstarted(() -> tunnel.pump(from, to));
    pumps.add(thread);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    for (Tunnel tunnel : tunnels) {
      tunnel.close();
    }
    pumps.forEach(Threads::join);
  }

  private final class Tunnel {
    private final Socket inner;
    private final Socket outer;
    private final AtomicLong budget;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean frozen;

    Tunnel(Socket inner, Socket outer, AtomicLong budget) {
      this.inner = inner;
      this.outer = outer;
      this.budget = budget;
    }

    void pump(Socket from, Socket to) {
      byte[] buffer = new byte[16 * 1024];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0 || frozen; n = in.read(buffer)) {
          if (frozen) {
            closed.await();
            return;
          }
          long left = budget.getAndAdd(-n);
          out.write(buffer, 0, Math.clamp(left, 0, n));
          if (left <= n) {
            if (left > 0) {
              cuts.incrementAndGet();
            }
            return;
          }
        }
      } catch (IOException | InterruptedException e) {
        // The other direction has closed both ends: that is how this one learns of it.
        return;
      }
    }

    void close() throws IOException {
      closed.countDown();
      inner.close();
      outer.close();
    }
  }
}
