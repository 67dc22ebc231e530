package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/// Opens authenticated connections for bulk data.
@FunctionalInterface
public interface BulkDialer {

  /// Connects to the transfer server of `peer` and proves to each other who both are. Called by
  /// threads of the transfer client, several at once; a call that takes too long is interrupted.
  ///
  /// @return a blocking channel, which the caller closes
  /// @throws IOException if the peer can't be reached or does not prove itself
  SocketChannel dial(WorkerId peer) throws IOException;
}
