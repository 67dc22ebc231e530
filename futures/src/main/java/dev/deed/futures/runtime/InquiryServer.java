package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.transport.link.ConnectionHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The asked end of questions: reads one on each connection, answers, and closes. Thread-safe.
///
/// At most [#MOST] connections are served at once, each for [#LONGEST_ANSWER] at most; more are
/// refused.
final class InquiryServer implements ConnectionHandler, AutoCloseable {
  /// Connections at once.
  static final int MOST = 256;

  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(5);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int PIECE_BYTES = 64 << 10;

  private final Answers answers;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// Knows the answers.
  @FunctionalInterface
  interface Answers {
    /// The answer; a refusal is told by an [Inquiry.RefusedException].
    Reply to(Question question) throws IOException;
  }

  /// An answer of `length` bytes.
  record Reply(ReadableByteChannel bytes, long length) {
    static Reply of(byte[] bytes) {
      return new Reply(Channels.newChannel(new java.io.ByteArrayInputStream(bytes)), bytes.length);
    }
  }

  InquiryServer(Answers answers) {
    this.answers = answers;
  }

  @Override
  public void accepted(WorkerId peer, SocketChannel channel) throws IOException {
    open.add(channel);
    try (channel) {
      if (closed || open.size() > MOST) {
        return;
      }
      // Reads have a time-out of their own; this ends writes to an asker that does not read.
      var _ =
          CompletableFuture.runAsync(
              () -> end(channel),
              CompletableFuture.delayedExecutor(LONGEST_ANSWER.toSeconds(), TimeUnit.SECONDS));
      serve(channel);
    } finally {
      open.remove(channel);
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    channel.socket().setSoTimeout((int) PATIENCE.toMillis());
    InputStream in = channel.socket().getInputStream();
    byte[] head = in.readNBytes(4);
    if (head.length < 4) {
      // Who only wants to know whose address it is asks nothing.
      return;
    }
    int length = ByteBuffer.wrap(head).getInt();
    if (length < 1 || length > Inquiry.MAX_QUESTION_BYTES) {
      throw new IOException("a question of " + length + " bytes");
    }
    byte[] body = in.readNBytes(length);
    try {
      Reply reply = answers.to(Question.read(new WireReader(body)));
      try (ReadableByteChannel bytes = reply.bytes()) {
        write(channel, Inquiry.ANSWER, reply.length());
        copy(bytes, reply.length(), channel);
      }
    } catch (Inquiry.RefusedException | MalformedException e) {
      byte[] why = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
      byte[] told = Arrays.copyOf(why, Math.min(why.length, Inquiry.MAX_REFUSAL_BYTES));
      write(channel, Inquiry.REFUSAL, told.length);
      writeAll(channel, ByteBuffer.wrap(told));
    }
    channel.shutdownOutput();
  }

  private static void write(SocketChannel channel, int kind, long length) throws IOException {
    writeAll(channel, ByteBuffer.allocate(9).put((byte) kind).putLong(length).flip());
  }

  private static void copy(ReadableByteChannel from, long length, SocketChannel to)
      throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    for (long left = length; left > 0; ) {
      piece.clear().limit((int) Math.min(left, piece.capacity()));
      if (from.read(piece) < 0) {
        throw new IOException("an answer that ends " + left + " bytes early");
      }
      left -= piece.position();
      writeAll(to, piece.flip());
    }
  }

  private static void writeAll(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void end(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger("dev.deed").log(System.Logger.Level.DEBUG, "A question was broken off", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(InquiryServer::end);
  }
}
