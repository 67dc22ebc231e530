package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The streams of messages to estates: one for each (sender, estate), numbered from 1, applied in
/// order and once, acknowledged together (protocol.md §2).
final class Streams {
  /*
   * State: for each estate that this worker speaks to, the last number given and the last
   * acknowledged, the messages in between, and the registrations among them.  For each sender its estate
   * has the last number applied.
   * Invariants: what is applied is applied in the order of its numbers, without a gap.  An
   * acknowledgement never exceeds what was sent, and is given when all full heirs hold what it says.
   * Failure: links resend until a death is followed.  What the dead server has not acknowledged is then
   * sent again to its successor, which skips what its image has.
   */

  /// A message that is not acknowledged.
  private record Unacknowledged(long number, Message.EstateMessage message) {}

  /// A registration on its way.
  private record Registering(long number, Borrowed borrowed) {}

  /// The sending end of one stream.
  private static final class Outgoing {
    long last;
    long acknowledged;
    final ArrayDeque<Unacknowledged> messages = new ArrayDeque<>();
    final ArrayDeque<Registering> registrations = new ArrayDeque<>();
  }

  /// What became of a message that arrived.
  enum Arrival {
    /// It is the next one, and to be applied.
    NEXT,
    /// It has been applied before.
    REPEATED,
    /// It is not to be applied: one before it is missing.
    REFUSED
  }

  /// Applies messages of this worker to an estate that it serves itself.
  interface Local {
    /// Does `after` when the message has been applied.
    void apply(EstateId estate, Message.EstateMessage message, Runnable after);
  }

  private final CoreContext context;
  private final Map<EstateId, Outgoing> outgoing = new LinkedHashMap<>();
  private final Consumer<Estate> flush = this::flush;
  private @Nullable Local localOrNull;

  Streams(CoreContext context) {
    this.context = context;
  }

  void connect(Local local) {
    localOrNull = local;
  }

  /// Sends the next message of the stream to `estate`; returns its number, or 0 when the estate has
  /// no server or is served here.
  long send(EstateId estate, Message.EstateMessage message) {
    WorkerId server = context.log.server(estate).orElse(null);
    if (server == null) {
      return 0;
    }
    if (server.equals(context.id)) {
      here(estate, message, () -> {});
      return 0;
    }
    Outgoing stream = outgoing.computeIfAbsent(estate, _ -> new Outgoing());
    long number = ++stream.last;
    stream.messages.add(new Unacknowledged(number, message));
    context.send(server, new Message.ToEstate(estate, number, message));
    return number;
  }

  /// Applies a message to an estate that this worker serves, in a later step, and does `after`
  /// then.
  void here(EstateId estate, Message.EstateMessage message, Runnable after) {
    Local local = Invariants.present(localOrNull, "the way to the estates of this worker");
    context.later(() -> local.apply(estate, message, after));
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
        .add(new Registering(number, borrowed));
  }

  /// Whether everything up to `number` is acknowledged.
  boolean acknowledged(EstateId estate, long number) {
    Outgoing stream = outgoing.get(estate);
    return stream != null && number <= stream.acknowledged;
  }

  /// Takes in an acknowledgement.
  void acknowledge(EstateId estate, long through, Consumer<Borrowed> registered) {
    Outgoing stream = outgoing.get(estate);
    if (stream == null && context.log.closed(estate)) {
      return;
    }
    if (stream == null || through > stream.last) {
      context.report(
          Effects.Report.Kind.PROTOCOL_VIOLATION,
          "acknowledgement of " + through + " for estate " + estate + ", which was not sent");
      return;
    }
    stream.acknowledged = Math.max(stream.acknowledged, through);
    while (!stream.messages.isEmpty() && stream.messages.peek().number() <= stream.acknowledged) {
      stream.messages.poll();
    }
    while (!stream.registrations.isEmpty()
        && stream.registrations.peek().number() <= stream.acknowledged) {
      registered.accept(stream.registrations.poll().borrowed());
    }
  }

  // --- succession -------------------------------------------------------------------------------

  /// The estate has another server: it is sent what the one before has not acknowledged.
  ///
  /// @param again what is to be sent in a message's place
  void resend(EstateId estate, WorkerId server, UnaryOperator<Message.EstateMessage> again) {
    Outgoing stream = outgoing.get(estate);
    if (stream == null) {
      return;
    }
    for (Unacknowledged one : stream.messages) {
      Message.EstateMessage message = again.apply(one.message());
      context.send(server, new Message.ToEstate(estate, one.number(), message));
    }
  }

  /// This worker serves the estate itself from here on: what its server before had not acknowledged
  /// is to be applied here.
  List<Message.EstateMessage> takeOver(EstateId estate, Estate inherited) {
    Outgoing stream = outgoing.remove(estate);
    Incoming own = inherited.incoming.remove(context.id);
    if (own != null) {
      inherited.gone(own);
    }
    List<Message.EstateMessage> open = new ArrayList<>();
    if (stream != null) {
      for (Unacknowledged one : stream.messages) {
        if (own == null || one.number() > own.applied) {
          open.add(one.message());
        }
      }
    }
    return open;
  }

  /// The estate is closed.
  void forget(EstateId estate) {
    outgoing.remove(estate);
  }

  // --- the receiving end ------------------------------------------------------------------------

  /// Takes in the number of a message of `sender`: the next one counts as applied.
  Arrival arrive(Estate estate, WorkerId sender, long number) {
    Incoming stream = estate.incoming.get(sender);
    if (stream == null) {
      stream = new Incoming(sender, context.nextRecord());
      estate.incoming.put(sender, stream);
      estate.added(stream);
    }
    if (number > stream.applied + 1) {
      context.report(
          Effects.Report.Kind.PROTOCOL_VIOLATION,
          "message " + number + " of " + sender.brief() + " after " + stream.applied);
      return Arrival.REFUSED;
    }
    if (!stream.owed) {
      stream.owed = true;
      estate.owed.add(stream);
    }
    if (number <= stream.applied) {
      return Arrival.REPEATED;
    }
    stream.applied = number;
    estate.changed(stream);
    return Arrival.NEXT;
  }

  /// Acknowledges what has been applied since the last time, as soon as the heirs know of it.
  void flush() {
    flush(context.estates.own);
    context.estates.inherited().forEach(flush);
  }

  private void flush(Estate estate) {
    if (estate.owed.isEmpty()) {
      return;
    }
    for (Incoming stream : estate.owed) {
      stream.owed = false;
      acknowledge(estate, stream);
    }
    estate.owed.clear();
  }

  /// What was applied before the same batch ends is acknowledged together.
  private void acknowledge(Estate estate, Incoming stream) {
    Incoming.Waiting waiting = stream.waiting;
    if (waiting != null && waiting.batch == context.gate.batch()) {
      waiting.through = stream.applied;
      return;
    }
    Incoming.Waiting added = new Incoming.Waiting(context.gate.batch(), stream.applied);
    stream.waiting = added;
    context.gate.after(() -> {
      if (stream.waiting == added) {
        stream.waiting = null;
      }
      context.send(stream.sender, new Message.EstateAck(estate.id, added.through));
    });
  }

  /// The worker's death is followed: it sends no more.
  void forget(WorkerId dead) {
    for (Estate estate : context.estates.all()) {
      forget(estate, dead);
    }
  }

  /// What had come for an inherited estate is applied: those who are dead send no more.
  void forgetDead(Estate estate) {
    for (WorkerId sender : List.copyOf(estate.incoming.keySet())) {
      if (context.log.dead(sender)) {
        forget(estate, sender);
      }
    }
  }

  private static void forget(Estate estate, WorkerId dead) {
    Incoming stream = estate.incoming.remove(dead);
    if (stream != null) {
      estate.owed.remove(stream);
      estate.gone(stream);
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

  /// Whether a message that makes the object has been sent and not acknowledged.
  boolean makes(Reference reference) {
    Outgoing stream = outgoing.get(reference.estate());
    if (stream == null) {
      return false;
    }
    for (Unacknowledged one : stream.messages) {
      if (one.message instanceof Message.EstateMessage.Call call
          && call.spec().id().equals(reference.object().task())) {
        return true;
      }
      if (one.message instanceof Message.EstateMessage.PutValue put
          && put.object().equals(reference.object())) {
        return true;
      }
    }
    return false;
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
