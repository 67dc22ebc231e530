package dev.deed.transport.group;

import java.io.IOException;
import java.net.Socket;

/// What happens on a fresh TCP connection between two voters before JGroups uses it: here the cluster's
/// handshake goes. Thread-safe; each call has a thread of its own and may block, for at most the time
/// that the socket's read time-out allows; the caller closes the socket when it throws.
public interface GroupSockets {
  /// Runs the side of who dialled, on a connected socket.
  void dialled(Socket socket) throws IOException;

  /// Runs the side of who was called, on a connected socket.
  void accepted(Socket socket) throws IOException;

  /// Whether a stranger's connection fails. Without that, voters bind to the loopback interface only.
  default boolean authenticates() {
    return true;
  }

  /// No handshake at all: for processes of one user on the loopback interface, and tests.
  static GroupSockets plain() {
    return new GroupSockets() {
      @Override
      public void dialled(Socket socket) {
        // Nothing is said before JGroups speaks.
      }

      @Override
      public void accepted(Socket socket) {
        // Nothing is said before JGroups speaks.
      }

      @Override
      public boolean authenticates() {
        return false;
      }
    };
  }
}
