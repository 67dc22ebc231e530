package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// Where a process listens.
///
/// @param host host name or address
/// @param port TCP port
public record Contact(WorkerId worker, String host, int port) {
  /// Longest host name that is read.
  static final int MAX_HOST = 255;

  void write(WireWriter out) {
    worker.write(out);
    out.writeString(host);
    out.writeInt(port);
  }

  static Contact read(WireReader in) {
    Contact contact = new Contact(WorkerId.read(in), in.readString(), in.readInt());
    if (contact.host.length() > MAX_HOST || contact.port > 0xffff) {
      throw new MalformedException("no host and port: " + contact);
    }
    return contact;
  }
}
