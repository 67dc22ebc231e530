package dev.deed.transport.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Opens TCP connections. All dialing of a worker goes through its one dialer, so that tests can
/// lead it through a proxy. Implementations are thread-safe.
@FunctionalInterface
public interface Dialer {
  /// A connected channel in blocking mode, not yet authenticated. Fails with [IOException] if there
  /// is none before `timeout`.
  SocketChannel connect(InetSocketAddress address, Duration timeout) throws IOException;

  /// Dials the address itself; a name that is not resolved yet is looked up at every call.
  static Dialer direct() {
    return (address, timeout) -> {
      InetSocketAddress target =
          address.isUnresolved()
              ? new InetSocketAddress(address.getHostString(), address.getPort())
              : address;
      SocketChannel channel = SocketChannel.open();
      boolean connected = false;
      try {
        channel.socket().connect(target, (int) Math.max(1, timeout.toMillis()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        connected = true;
        return channel;
      } finally {
        if (!connected) {
          channel.close();
        }
      }
    };
  }
}
