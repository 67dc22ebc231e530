package dev.deed.transport.group;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.jgroups.Address;
import org.jgroups.blocks.cs.Connection;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/// JGroups's TCP, which suspects a voter whose connection ends, but not for a duplicate: two voters
/// that dial each other at the same time keep one of two connections, and closing the other ended
/// in both being suspected, a split, and a merge seconds later.
final class VoterTransport extends TCP {
  /// Where it calls it an error when the peer of a voter that leaves closes their connection first.
  /// Who is connected is seen in the views. Kept, since the JDK forgets the level of a logger that
  /// nobody refers to.
  private static final Logger LOG = Logger.getLogger(VoterTransport.class.getName());

  static {
    if (LOG.getLevel() == null) {
      LOG.setLevel(Level.OFF);
    }
  }

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
