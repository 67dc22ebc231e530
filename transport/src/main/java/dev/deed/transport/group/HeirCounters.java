package dev.deed.transport.group;

import java.util.concurrent.atomic.LongAdder;

/// Counted where it happens, added up when somebody asks.
final class HeirCounters {
  final LongAdder messagesSent = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  final LongAdder messagesRefused = new LongAdder();
  final LongAdder messagesLost = new LongAdder();
  final LongAdder messagesReceived = new LongAdder();
  final LongAdder bytesReceived = new LongAdder();
  final LongAdder framesDropped = new LongAdder();
  final LongAdder malformed = new LongAdder();

  HeirStatistics sum() {
    return new HeirStatistics(
        messagesSent.sum(),
        bytesSent.sum(),
        messagesRefused.sum(),
        messagesLost.sum(),
        messagesReceived.sum(),
        bytesReceived.sum(),
        framesDropped.sum(),
        malformed.sum());
  }
}
