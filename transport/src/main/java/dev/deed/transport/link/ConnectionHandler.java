package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/// Takes over accepted connections of one kind. Called on a thread of its own for each connection,
/// several at once; a handler may stay on that thread as long as it likes.
@FunctionalInterface
public interface ConnectionHandler {
  /// A connection whose other end is proved to be `peer`. The channel is in blocking mode and
  /// belongs to the handler from now on. An [IOException] says that it failed at once: the endpoint
  /// closes the channel and counts it.
  void accepted(WorkerId peer, SocketChannel channel) throws IOException;

  /// Why no connection from `peer` is wanted; empty, as by default, if it is. The dialer gets
  /// [HandshakeException.Reason#REFUSED].
  default Optional<String> refusal(WorkerId peer) {
    return Optional.empty();
  }
}
