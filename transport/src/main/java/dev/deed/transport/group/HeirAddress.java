package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jgroups.Address;
import org.jgroups.stack.IpAddress;

/// The address by which JGroups knows a worker: its id, in the form of an IPv6 address.
///
/// JGroups files connections under addresses. Where a worker listens would not do: a new worker may
/// listen where a dead one did, and two hosts may name a third one differently. Nobody connects to
/// such an address; [HeirSockets] looks up where the worker listens.
final class HeirAddress {
  /// Says nothing, but must not be 0.
  private static final int PORT = 1;

  private HeirAddress() {}

  static InetSocketAddress socketAddress(WorkerId worker) {
    return new InetSocketAddress(inetAddress(worker), PORT);
  }

  static Address of(WorkerId worker) {
    return new IpAddress(inetAddress(worker), PORT);
  }

  static InetAddress inetAddress(WorkerId worker) {
    byte[] id =
        ByteBuffer.allocate(2 * Long.BYTES).putLong(worker.high()).putLong(worker.low()).array();
    try {
      return Inet6Address.getByAddress(null, id, 0);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an IPv6 address", e);
    }
  }

  /// Whose address it is. Throws [IllegalArgumentException] for what is none.
  static WorkerId worker(InetAddress address) {
    byte[] id = address.getAddress();
    if (id.length != 2 * Long.BYTES) {
      throw new IllegalArgumentException("not a worker's address: " + address);
    }
    ByteBuffer halves = ByteBuffer.wrap(id);
    return new WorkerId(halves.getLong(), halves.getLong());
  }

  /// Whose address it is. Throws [IllegalArgumentException] for what is none.
  static WorkerId worker(Address address) {
    if (!(address instanceof IpAddress ip)) {
      throw new IllegalArgumentException("not a worker's address: " + address);
    }
    return worker(ip.getIpAddress());
  }
}
