package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Message;
import dev.deed.ownership.MessageCodec;
import dev.deed.transport.link.Links;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The way of the core's messages into the links: at once, as long as the peer's link has room;
/// else they wait here as they are, in order, until it has. Used by the drainer alone.
/*
 * State. For each peer whose link was full, what waits for it, oldest first; never an empty queue.
 *
 * Invariants. What is encoded for a peer and not acknowledged stays below the link's soft bound and one
 * part more. What waits here is bounded by what made the core send it: the gate is shut from the end of a batch in
 * which something waits to the end of one in which nothing does, so user code adds nothing; what others
 * asked for is bounded by the credits of their leases and by their open requests, and shares the bytes of
 * values with the tables. Nobody who receives waits: acknowledgements and deaths always get through, and each
 * of them makes room.
 *
 * Failure. A peer that is cut off or slow makes room when it acknowledges, or when its death is followed:
 * then all that waits for it is dropped.
 *
 * Form. A message begins with its era, made larger by [#ERAS]. One that is longer than a part travels as
 * several, which begin with [#MORE], and with [#LAST].
 */
final class Outgoing {
  /// Begins a part of a message that goes on.
  static final int MORE = 0;

  /// Begins the last part of a message.
  static final int LAST = 1;

  /// What is added to the era that begins a message of one part.
  static final int ERAS = 2;

  /// Longest part, in bytes.
  static final int PART_BYTES = 1 << 20;

  /// What waits for room.
  private sealed interface Waiting {
    /// A message, not encoded yet.
    record Whole(long era, Message message) implements Waiting {}

    /// An encoded message from `offset` on.
    record Rest(byte[] bytes, int offset) implements Waiting {}
  }

  private final Links links;
  private final SubmitGate gate;
  private final Map<WorkerId, ArrayDeque<Waiting>> waiting = new LinkedHashMap<>();

  Outgoing(Links links, SubmitGate gate) {
    this.links = links;
    this.gate = gate;
  }

  /// Sends a message behind all earlier ones to the same peer; [Links#flush] is the caller's.
  void send(WorkerId to, long era, Message message) {
    ArrayDeque<Waiting> queue = waiting.get(to);
    if (queue != null) {
      queue.add(new Waiting.Whole(era, message));
    } else if (links.hasRoom(to)) {
      write(to, era, message);
    } else {
      queue(to).add(new Waiting.Whole(era, message));
    }
  }

  private ArrayDeque<Waiting> queue(WorkerId to) {
    return waiting.computeIfAbsent(to, _ -> new ArrayDeque<>());
  }

  /// Ends a batch: what has room now goes, and the gate is shut while anything waits.
  void endOfBatch() {
    if (!waiting.isEmpty()) {
      Iterator<Map.Entry<WorkerId, ArrayDeque<Waiting>>> peers = waiting.entrySet().iterator();
      while (peers.hasNext()) {
        Map.Entry<WorkerId, ArrayDeque<Waiting>> peer = peers.next();
        if (sendWaiting(peer.getKey(), peer.getValue())) {
          peers.remove();
        }
      }
    }
    gate.shut(!waiting.isEmpty());
  }

  /// Sends what waits while there is room; returns whether nothing waits any more.
  private boolean sendWaiting(WorkerId to, ArrayDeque<Waiting> queue) {
    while (links.hasRoom(to)) {
      switch (queue.poll()) {
        case null -> {
          return true;
        }
        case Waiting.Whole(long era, Message message) -> {
          byte[] rest = writeFirst(to, era, message);
          if (rest.length > 0) {
            queue.addFirst(new Waiting.Rest(rest, 0));
          }
        }
        case Waiting.Rest(byte[] bytes, int offset) -> {
          int end = writePart(to, bytes, offset);
          if (end < bytes.length) {
            queue.addFirst(new Waiting.Rest(bytes, end));
          }
        }
      }
    }
    return false;
  }

  private void write(WorkerId to, long era, Message message) {
    byte[] rest = writeFirst(to, era, message);
    if (rest.length > 0) {
      // Its end may find the link full.
      queue(to).addFirst(new Waiting.Rest(rest, 0));
    }
  }

  private static final byte[] NOTHING = {};

  /// Writes a message of one part; returns a longer one instead, encoded, to go in parts.
  private byte[] writeFirst(WorkerId to, long era, Message message) {
    WireWriter out = links.begin(to);
    int start = out.length();
    out.writeLong(era + ERAS);
    MessageCodec.write(message, out);
    if (out.length() - start > PART_BYTES) {
      // What was begun is taken back by the next beginning.
      return Arrays.copyOfRange(out.array(), start, out.length());
    }
    links.end(to);
    return NOTHING;
  }

  /// Writes the part from `offset`; returns where the next one begins.
  private int writePart(WorkerId to, byte[] bytes, int offset) {
    int count = Math.min(PART_BYTES, bytes.length - offset);
    WireWriter out = links.begin(to);
    out.writeLong(offset + count < bytes.length ? MORE : LAST);
    out.writeInt(count);
    out.writeRaw(bytes, offset, count);
    links.end(to);
    return offset + count;
  }

  /// Forgets what waits for `peer`, whose death is followed.
  void close(WorkerId peer) {
    waiting.remove(peer);
  }
}
