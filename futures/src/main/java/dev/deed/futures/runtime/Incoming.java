package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.ownership.Event;
import dev.deed.ownership.MessageCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Makes events of what [Outgoing] wrote. Thread-safe for different senders.
final class Incoming {
  /// The parts of a message that is not complete.
  private static final class Parts {
    final List<byte[]> parts = new ArrayList<>();
    long bytes;
  }

  private final MessageLimits limits;
  private final EraWindow window;
  private final Map<WorkerId, Parts> incomplete = new ConcurrentHashMap<>();

  /// Tells `window` of each message.
  Incoming(MessageLimits limits, EraWindow window) {
    this.limits = limits;
    this.window = window;
  }

  /// The event of the next message of a link, unless that is a part that does not complete one.
  Optional<Event> read(WorkerId from, WireReader in) {
    long first = in.readLong();
    if (first >= Outgoing.ERAS) {
      return Optional.of(message(from, first, in));
    }
    Parts parts = incomplete.computeIfAbsent(from, _ -> new Parts());
    byte[] part = in.readBytes();
    in.expectEnd();
    parts.parts.add(part);
    parts.bytes += part.length;
    if (parts.bytes > limits.messageBytes()) {
      throw new MalformedException("a message of more than " + limits.messageBytes() + " bytes");
    }
    if (first == Outgoing.MORE) {
      return Optional.empty();
    }
    incomplete.remove(from);
    WireReader whole = new WireReader(joined(parts));
    long era = whole.readLong();
    if (era < Outgoing.ERAS) {
      throw new MalformedException("a part within a part");
    }
    return Optional.of(message(from, era, whole));
  }

  private Event message(WorkerId from, long first, WireReader in) {
    int bytes = in.remaining();
    long era = first - Outgoing.ERAS;
    Event event = new Event.Arrived(from, era, MessageCodec.read(in));
    in.expectEnd();
    window.arrived(from, era, bytes);
    return event;
  }

  private static byte[] joined(Parts parts) {
    byte[] joined = new byte[(int) parts.bytes];
    int at = 0;
    for (byte[] part : parts.parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }

  /// Forgets what `peer`, whose death is followed, has not completed.
  void close(WorkerId peer) {
    incomplete.remove(peer);
  }
}
