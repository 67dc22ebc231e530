package dev.deed.transport.group;

import org.jgroups.Address;
import org.jgroups.blocks.cs.Connection;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/// JGroups's TCP, which suspects a voter whose connection ends, but not for a duplicate: two voters
/// that dial each other at the same time keep one of two connections, and closing the other ended
/// in both being suspected, a split, and a merge seconds later.
final class VoterTransport extends TCP {
  VoterTransport() {
    setId(ClassConfigurator.getProtocolId(TCP.class));
  }

  @Override
  public void connectionClosed(Connection connection) {
    Address peer = connection.peerAddress();
    if (peer == null || !srv.connectionEstablishedTo(peer)) {
      super.connectionClosed(connection);
    }
  }
}
