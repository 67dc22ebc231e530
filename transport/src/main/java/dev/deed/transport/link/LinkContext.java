package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import java.util.concurrent.atomic.LongAdder;

/// What all links of one [TcpLinks] share. Thread-safe.
record LinkContext(
    WorkerId self,
    ConnectionKind kind,
    Connector connector,
    LinkListener listener,
    LinkOptions options,
    LinkWriter writer,
    WriterPool pool,
    LinkThreads threads,
    Counters counters) {

  /// Gives a hint to the listener. If that fails, it is counted and goes where the thread's
  /// uncaught exceptions go, and the link lives on.
  void tellDisconnected(WorkerId peer, String why) {
    try {
      listener.disconnected(peer, why);
    } catch (RuntimeException e) {
      counters.violations.increment();
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  /// Counted where it happens, added up when somebody asks.
  static final class Counters {
    final LongAdder messagesSent = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    final LongAdder messagesReceived = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder messagesResent = new LongAdder();
    final LongAdder messagesDiscarded = new LongAdder();
    final LongAdder connections = new LongAdder();
    final LongAdder dialsFailed = new LongAdder();
    final LongAdder violations = new LongAdder();
  }
}
