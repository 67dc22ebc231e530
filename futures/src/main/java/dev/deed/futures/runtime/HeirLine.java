package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.ownership.Event;
import dev.deed.ownership.heirs.HeirCodec;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.transport.Threads;
import dev.deed.transport.group.HeirChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The way of the record logs between this core and those of other workers. Thread-safe.
///
/// Its channel opens on a thread of its own, since loading JGroups takes longer than all else that
/// a worker does to start; what is sent before goes nowhere, and is repeated.
final class HeirLine implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.deed");

  /// Opens the channel.
  @FunctionalInterface
  interface Opening {
    HeirChannel open(HeirChannel.Receiver receiver) throws IOException;
  }

  private final Consumer<Event> core;
  private final Thread opening;
  private final LongAdder malformed = new LongAdder();

  // Guarded by this until there is a channel.
  private final List<Consumer<HeirChannel>> early = new ArrayList<>();
  private volatile @Nullable HeirChannel channel;

  /// What comes goes to `core`. If the channel can't be opened `failed` is told.
  HeirLine(Opening how, Consumer<Event> core, Consumer<String> failed) {
    JgroupsLogging.quieten();
    this.core = core;
    this.opening =
        Thread.ofPlatform().daemon().name("deed-heirs-open").start(() -> open(how, failed));
  }

  private void open(Opening how, Consumer<String> failed) {
    HeirChannel opened;
    try {
      opened = how.open(this::received);
    } catch (IOException e) {
      failed.accept(String.valueOf(e.getMessage()));
      return;
    }
    synchronized (this) {
      early.forEach(step -> step.accept(opened));
      early.clear();
      channel = opened;
    }
  }

  /// A worker can be reached there.
  void peer(WorkerId worker, InetSocketAddress address) {
    whenOpen(open -> open.peer(worker, address));
  }

  /// A worker's death was followed.
  void forget(WorkerId worker) {
    whenOpen(open -> open.forget(worker));
  }

  private void whenOpen(Consumer<HeirChannel> step) {
    HeirChannel open = channel;
    if (open == null) {
      synchronized (this) {
        open = channel;
        if (open == null) {
          early.add(step);
          return;
        }
      }
    }
    step.accept(open);
  }

  /// Sends a message, which may be lost.
  void send(WorkerId to, HeirMessage message) {
    HeirChannel open = channel;
    if (open != null && !open.send(to, HeirCodec.write(message))) {
      LOG.log(System.Logger.Level.DEBUG, "No room for a message to heir {0}", to);
    }
  }

  private void received(WorkerId from, byte[] bytes) {
    HeirMessage message;
    try {
      message = HeirCodec.read(bytes);
    } catch (MalformedException e) {
      malformed.increment();
      LOG.log(
          System.Logger.Level.WARNING,
          "Dropped what " + from.brief() + " sent as its record log: " + e.getMessage());
      return;
    }
    core.accept(new Event.Replicated(from, message));
  }

  /// Bytes that the channel has sent.
  long sentBytes() {
    HeirChannel open = channel;
    return open == null ? 0 : open.statistics().bytesSent();
  }

  /// Messages that could not be read.
  long malformed() {
    return malformed.sum();
  }

  @Override
  public void close() {
    Threads.join(opening);
    HeirChannel open = channel;
    if (open != null) {
      open.close();
    }
  }
}
