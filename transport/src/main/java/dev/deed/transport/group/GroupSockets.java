package dev.deed.transport.group;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Consumer;

/// The authenticated connections that a voters' channel runs on: JGroups opens no port and dials
/// nobody by itself. Thread-safe.
public interface GroupSockets {
  /// Where the other voters reach this process; with an address that is not a wildcard.
  InetSocketAddress address();

  /// A connection to the voter at `peer`, with the handshake done. Blocks for `timeoutMs` at most
  /// to connect, and for the handshake's own time.
  Socket dial(InetSocketAddress peer, int timeoutMs) throws IOException;

  /// Gives each connection that another voter opens to `taker` from now on, with the handshake
  /// done. The taker does not block.
  void accept(Consumer<Socket> taker);

  /// Refuses other voters' connections from now on.
  void refuse();
}
