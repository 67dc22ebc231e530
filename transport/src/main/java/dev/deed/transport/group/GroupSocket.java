package dev.deed.transport.group;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/// A socket as JGroups wants it, over a connection of [GroupSockets]. JGroups makes one before it
/// knows to whom it connects: then [#connect] dials. Options that are set before have no effect.
final class GroupSocket extends Socket {
  private final GroupSockets sockets;
  private volatile @Nullable Socket real;
  private volatile boolean closed;

  /// Not connected yet.
  GroupSocket(GroupSockets sockets) {
    this.sockets = sockets;
  }

  /// Connected.
  GroupSocket(GroupSockets sockets, Socket real) {
    this.sockets = sockets;
    this.real = real;
  }

  private Socket real() throws SocketException {
    Socket socket = real;
    if (socket == null) {
      throw new SocketException("not connected");
    }
    return socket;
  }

  @Override
  public void bind(@Nullable SocketAddress local) {
    // Any port will do.
  }

  @Override
  public void connect(SocketAddress endpoint, int timeoutMs) throws IOException {
    Socket socket = sockets.dial((InetSocketAddress) endpoint, timeoutMs);
    real = socket;
    if (closed) {
      socket.close();
      throw new SocketException("closed");
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Input(real().getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return real().getOutputStream();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    Socket socket = real;
    if (socket != null) {
      socket.close();
    }
  }

  @Override
  public boolean isClosed() {
    Socket socket = real;
    return closed || (socket != null && socket.isClosed());
  }

  @Override
  public boolean isConnected() {
    return real != null;
  }

  @Override
  public void setSendBufferSize(int bytes) throws SocketException {
    if (real != null) {
      real().setSendBufferSize(bytes);
    }
  }

  @Override
  public void setReceiveBufferSize(int bytes) throws SocketException {
    if (real != null) {
      real().setReceiveBufferSize(bytes);
    }
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    if (real != null) {
      real().setKeepAlive(on);
    }
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    if (real != null) {
      real().setTcpNoDelay(on);
    }
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws SocketException {
    if (real != null) {
      real().setSoLinger(on, seconds);
    }
  }

  @Override
  public void setSoTimeout(int ms) throws SocketException {
    if (real != null) {
      real().setSoTimeout(ms);
    }
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return real == null ? 0 : real().getSoTimeout();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    Socket socket = real;
    return socket == null ? null : socket.getLocalSocketAddress();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    Socket socket = real;
    return socket == null ? null : socket.getRemoteSocketAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    Socket socket = real;
    return socket == null ? super.getLocalAddress() : socket.getLocalAddress();
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    Socket socket = real;
    return socket == null ? null : socket.getInetAddress();
  }

  @Override
  public int getLocalPort() {
    Socket socket = real;
    return socket == null ? -1 : socket.getLocalPort();
  }

  @Override
  public int getPort() {
    Socket socket = real;
    return socket == null ? 0 : socket.getPort();
  }

  @Override
  public String toString() {
    return "GroupSocket[" + real + "]";
  }

  /// Says a closed connection as plain sockets do, which JGroups expects.
  private static final class Input extends FilterInputStream {
    Input(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (ClosedChannelException e) {
        throw closed(e);
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      try {
        return super.read(bytes, offset, count);
      } catch (ClosedChannelException e) {
        throw closed(e);
      }
    }

    private static SocketException closed(ClosedChannelException cause) {
      return new SocketException("closed", cause);
    }
  }
}
