package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// The streams of messages to estates: one for each (sender, estate), numbered from 1, applied in
/// order and once, acknowledged together (protocol.md §2).
final class Streams {
  /*
   * State: for each estate that this worker speaks to, the last number given and the last
   * acknowledged, and the registrations in between.  For each sender its estate has the last number
   * applied.
   * Invariants: what is applied is applied in the order of its numbers, without a gap.  An
   * acknowledgement never exceeds what was sent.
   * Failure: links resend until a death is followed.  In mode `none` an estate ends with its server,
   * so nothing has to be kept for a successor.
   */

  /// A registration on its way.
  private record Unacknowledged(long number, Borrowed borrowed) {}

  /// The sending end of one stream.
  private static final class Outgoing {
    long last;
    long acknowledged;
    final ArrayDeque<Unacknowledged> registrations = new ArrayDeque<>();
  }

  private final CoreContext context;
  private final Map<EstateId, Outgoing> outgoing = new LinkedHashMap<>();
  private final Consumer<Estate> flush = this::flush;

  Streams(CoreContext context) {
    this.context = context;
  }

  /// Sends the next message of the stream to `estate`; returns its number, or 0 when the estate has
  /// no server.
  long send(EstateId estate, Message.EstateMessage message) {
    WorkerId server = context.log.server(estate).orElse(null);
    if (server == null) {
      return 0;
    }
    Outgoing stream = outgoing.computeIfAbsent(estate, _ -> new Outgoing());
    long number = ++stream.last;
    context.send(server, new Message.ToEstate(estate, number, message));
    return number;
  }

  /// The number that the next message to `estate` will have.
  long nextNumber(EstateId estate) {
    Outgoing stream = outgoing.get(estate);
    return stream == null ? 1 : stream.last + 1;
  }

  /// Message `number` in the stream to its estate, the last or the next one, registers `borrowed`,
  /// which wants to be looked at when that is acknowledged.
  void awaitAcknowledgement(Borrowed borrowed, long number) {
    outgoing
        .computeIfAbsent(borrowed.reference.estate(), _ -> new Outgoing())
        .registrations
        .add(new Unacknowledged(number, borrowed));
  }

  /// Whether everything up to `number` is acknowledged.
  boolean acknowledged(EstateId estate, long number) {
    Outgoing stream = outgoing.get(estate);
    return stream != null && number <= stream.acknowledged;
  }

  /// Takes in an acknowledgement.
  void acknowledge(EstateId estate, long through, Consumer<Borrowed> registered) {
    Outgoing stream = outgoing.get(estate);
    if (stream == null || through > stream.last) {
      context.report(
          Effects.Report.Kind.PROTOCOL_VIOLATION,
          "acknowledgement of " + through + " for estate " + estate + ", which was not sent");
      return;
    }
    stream.acknowledged = Math.max(stream.acknowledged, through);
    while (!stream.registrations.isEmpty()
        && stream.registrations.peek().number() <= stream.acknowledged) {
      registered.accept(stream.registrations.poll().borrowed());
    }
  }

  /// Whether message `number` of `sender` is the next to be applied; then it counts as applied. A
  /// repeated one is skipped; one behind a gap is refused.
  boolean next(Estate estate, WorkerId sender, long number) {
    long last = estate.applied.getOrDefault(sender, 0L);
    if (number != last + 1) {
      if (number > last) {
        context.report(
            Effects.Report.Kind.PROTOCOL_VIOLATION,
            "message " + number + " of " + sender.brief() + " after " + last);
      }
      return false;
    }
    estate.applied.put(sender, number);
    estate.owed.add(sender);
    return true;
  }

  /// Acknowledges what has been applied since the last time.
  void flush() {
    flush(context.estates.own);
    context.estates.inherited().forEach(flush);
  }

  private void flush(Estate estate) {
    if (estate.owed.isEmpty()) {
      return;
    }
    for (WorkerId sender : estate.owed) {
      context.send(
          sender, new Message.EstateAck(estate.id, estate.applied.getOrDefault(sender, 0L)));
    }
    estate.owed.clear();
  }

  /// The worker's death is followed: its estate is closed and it sends no more.
  void forget(WorkerId dead) {
    outgoing.remove(new EstateId(dead));
    for (Estate estate : context.estates.all()) {
      estate.applied.remove(dead);
      estate.owed.remove(dead);
    }
  }

  /// The last number sent to each estate that has not acknowledged all.
  Map<EstateId, Long> sent() {
    Map<EstateId, Long> sent = new LinkedHashMap<>();
    outgoing.forEach((estate, stream) -> {
      if (stream.acknowledged < stream.last) {
        sent.put(estate, stream.last);
      }
    });
    return sent;
  }

  /// Messages that have been sent and not acknowledged.
  long unacknowledged() {
    long sum = 0;
    for (Outgoing stream : outgoing.values()) {
      sum += stream.last - stream.acknowledged;
    }
    return sum;
  }
}
