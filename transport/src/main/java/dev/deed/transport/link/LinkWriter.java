package dev.deed.transport.link;

import dev.deed.transport.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The one thread of [TcpLinks] that writes what the runner could not: it waits for sockets that
/// were full, and sees every [#TICK_MS] to acknowledgements and heartbeats.
final class LinkWriter implements Runnable {
  /// The longest that an acknowledgement waits for others to go with.
  static final int TICK_MS = 50;

  /// The longest that anything waits for more to be sent with.
  private static final int SOON_MS = 1;

  private static final long TICK_NS = TICK_MS * 1_000_000L;

  /// What the writer calls on its own thread; none of it blocks.
  interface Client {
    /// The socket of this link takes bytes again.
    void writable();

    /// What the runner left to be sent soon is due.
    void soon();

    /// A tick; `nowNs` is the time of `System.nanoTime`.
    void tick(long nowNs);
  }

  private final Selector selector;
  private final Map<SocketChannel, Client> clients = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean soon;
  private volatile boolean closed;

  LinkWriter(String name) throws IOException {
    selector = Selector.open();
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
  }

  void start() {
    thread.start();
  }

  SelectionKey register(SocketChannel channel) throws IOException {
    try {
      return channel.register(selector, 0);
    } catch (ClosedSelectorException e) {
      throw new IOException("links are closed", e);
    }
  }

  void attach(SocketChannel channel, Client client) {
    clients.put(channel, client);
  }

  void detach(SocketChannel channel) {
    clients.remove(channel);
  }

  /// Throws [CancelledKeyException] if the connection is closed.
  void await(SelectionKey key) {
    key.interestOps(SelectionKey.OP_WRITE);
    selector.wakeup();
  }

  /// Has [Client#soon] called within [#SOON_MS]. The runner: what is to be sent is published.
  void soon() {
    if (!soon) {
      soon = true;
      selector.wakeup();
    }
  }

  void wakeup() {
    selector.wakeup();
  }

  @Override
  public void run() {
    long lastTickNs = System.nanoTime();
    try {
      while (!closed) {
        boolean due = soon;
        selector.select(this::ready, due ? SOON_MS : TICK_MS);
        if (due) {
          // First taken back: who publishes after this asks again.
          soon = false;
          clients.values().forEach(Client::soon);
        }
        long nowNs = System.nanoTime();
        if (nowNs - lastTickNs >= TICK_NS) {
          lastTickNs = nowNs;
          for (Client client : clients.values()) {
            client.tick(nowNs);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the selector of the links' writer failed", e);
    }
  }

  private void ready(SelectionKey key) {
    try {
      key.interestOps(0);
    } catch (CancelledKeyException e) {
      return; // Closed meanwhile: its reader tidies up.
    }
    Client client = clients.get((SocketChannel) key.channel());
    if (client != null) {
      client.writable();
    }
  }

  /// Ends the thread and waits for it.
  void close() {
    closed = true;
    selector.wakeup();
    Threads.join(thread);
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the selector of the links' writer can't be closed", e);
    }
  }
}
