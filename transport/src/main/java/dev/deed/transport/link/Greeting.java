package dev.deed.transport.link;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.transport.link.HandshakeException.Reason;
import java.io.IOException;

/// What both ends of an authenticated connection say before it becomes a link: first the dialer,
/// then the acceptor, who alone may say no.
///
/// @param wanted false: not now; the dialer goes away and tries again later
/// @param generation number of connections that these two have had: the dialer's so far, the
///   acceptor's with this one
/// @param received number of messages received from the other since the two first met
record Greeting(boolean wanted, long generation, long received) {
  /// No two workers ever connect so often; beyond it, counting would overflow.
  private static final long MAX_GENERATION = 1L << 48;

  private static final int BYTES = 1 + 2 * Long.BYTES;

  static Greeting refusal() {
    return new Greeting(false, 0, 0);
  }

  void write(TimedSocket io) throws IOException {
    WireWriter out = new WireWriter(BYTES);
    out.writeBoolean(wanted);
    out.writeFixedLong(generation);
    out.writeFixedLong(received);
    io.write(out.toBytes());
  }

  static Greeting read(TimedSocket io) throws IOException {
    WireReader in = new WireReader(io.read(BYTES));
    int wanted = in.readByte();
    Greeting greeting = new Greeting(wanted == 1, in.readFixedLong(), in.readFixedLong());
    if (wanted > 1
        || greeting.generation < 0
        || greeting.generation > MAX_GENERATION
        || greeting.received < 0) {
      throw new HandshakeException(Reason.GARBAGE, greeting.toString());
    }
    return greeting;
  }
}
