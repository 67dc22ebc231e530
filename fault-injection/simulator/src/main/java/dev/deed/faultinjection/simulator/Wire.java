package dev.deed.faultinjection.simulator;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Message;
import dev.deed.ownership.MessageCodec;

/// Passes messages through their binary form, so that what arrives shares nothing with what was
/// sent.
final class Wire {
  private Wire() {}

  static Message roundTrip(Message message) {
    WireWriter out = new WireWriter(256);
    MessageCodec.write(message, out);
    WireReader in = new WireReader(out.toBytes());
    Message copy = MessageCodec.read(in);
    in.expectEnd();
    return copy;
  }
}
