package dev.deed.transport.link;

import dev.deed.transport.link.HandshakeException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Small reads and writes on a blocking channel, all before one deadline, however slowly the bytes
/// come. Reads never take more from the socket than was asked for.
final class TimedSocket {
  private static final long NANOS_A_MILLI = 1_000_000;

  private final SocketChannel channel;
  private final Socket socket;
  private final InputStream in;
  private final long deadlineNs;

  TimedSocket(SocketChannel channel, Duration timeout) throws IOException {
    this.channel = channel;
    this.socket = channel.socket();
    this.in = socket.getInputStream();
    this.deadlineNs = System.nanoTime() + timeout.toNanos();
  }

  /// Reads exactly `count` bytes; a connection that ends before is [Reason#REFUSED].
  byte[] read(int count) throws IOException {
    byte[] bytes = new byte[count];
    int have = 0;
    try {
      while (have < count) {
        socket.setSoTimeout(remainingMillis());
        int n = in.read(bytes, have, count - have);
        if (n < 0) {
          throw new HandshakeException(Reason.REFUSED, "it closed the connection");
        }
        have += n;
      }
    } catch (SocketException e) {
      throw new HandshakeException(Reason.REFUSED, "it broke the connection off", e);
    } catch (SocketTimeoutException e) {
      throw new HandshakeException(
          Reason.TIMEOUT, have + " of " + count + " bytes came before the deadline", e);
    }
    return bytes;
  }

  /// Writes all of `bytes`, which are few enough to fit into a fresh socket's buffer.
  void write(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /// Ends the dialogue so that the last words arrive: bytes that are still unread would make the
  /// kernel reset the connection and throw them away.
  void part() throws IOException {
    channel.shutdownOutput();
    byte[] rest = new byte[64];
    for (int total = 0; total < 512; ) {
      socket.setSoTimeout(remainingMillis());
      int n = in.read(rest);
      if (n < 0) {
        return;
      }
      total += n;
    }
  }

  /// Takes the deadline off again.
  void release() throws IOException {
    socket.setSoTimeout(0);
  }

  private int remainingMillis() throws SocketTimeoutException {
    long left = deadlineNs - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("deadline passed");
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, left / NANOS_A_MILLI));
  }
}
