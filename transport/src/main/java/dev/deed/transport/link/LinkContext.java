package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import java.util.concurrent.atomic.LongAdder;

/// What all links of one [TcpLinks] share. Thread-safe.
record LinkContext(
    WorkerId self,
    Connector connector,
    LinkListener listener,
    LinkOptions options,
    LinkWriter writer,
    WriterPool pool,
    Threads threads,
    Counters counters) {

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
