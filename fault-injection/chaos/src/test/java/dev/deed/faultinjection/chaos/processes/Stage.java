package dev.deed.faultinjection.chaos.processes;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Where tasks in other processes say what they do, and wait until the test lets them go on: a
/// server in the test's process. Thread-safe.
final class Stage implements AutoCloseable {
  private static final long GUARD_NS = TimeUnit.SECONDS.toNanos(60);

  private final LoopbackServer server;
  private final List<String> said = new ArrayList<>();
  private final Set<String> open = new HashSet<>();
  private boolean closed;

  /// What a task captures to reach the stage.
  record Door(int port) {
    /// Says something; returns when the stage has heard it.
    void say(String what) {
      call(false, what);
    }

    /// Says the gate's name, and waits until that gate is open.
    void pass(String gate) {
      call(true, gate);
    }

    private void call(boolean wait, String what) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeBoolean(wait);
        out.writeUTF(what);
        if (socket.getInputStream().read() < 0) {
          throw new EOFException("the stage is closed");
        }
      } catch (IOException e) {
        throw new UncheckedIOException("at the gate " + what, e);
      }
    }
  }

  Stage() throws IOException {
    server = LoopbackServer.start("stage", this::hear);
  }

  Door door() {
    return new Door(server.port());
  }

  private void hear(Socket socket) throws IOException, InterruptedException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    boolean wait = in.readBoolean();
    String what = in.readUTF();
    synchronized (this) {
      said.add(what);
      notifyAll();
      while (wait && !open.contains(what) && !closed) {
        wait();
      }
    }
    socket.getOutputStream().write(0);
  }

  /// Lets all through who wait at the gate, and who come.
  synchronized void open(String gate) {
    open.add(gate);
    notifyAll();
  }

  /// How often it was said.
  synchronized int count(String what) {
    return (int) said.stream().filter(what::equals).count();
  }

  /// What was said that begins so, without that beginning, in order.
  synchronized List<String> after(String beginning) {
    return said.stream()
        .filter(what -> what.startsWith(beginning))
        .map(what -> what.substring(beginning.length()))
        .toList();
  }

  /// Waits until it was said so often; a minute is a failure.
  synchronized void await(String what, int times) throws InterruptedException {
    long deadline = System.nanoTime() + GUARD_NS;
    while (count(what) < times) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("'" + what + "' was said " + count(what) + " times: " + said);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  void await(String what) throws InterruptedException {
    await(what, 1);
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    server.close();
  }
}
