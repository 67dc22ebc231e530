package dev.deed.futures.runtime;

import dev.deed.lineage.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// The asking end of one [Question] on an authenticated connection. Used by one thread.
/*
 * Layout. Question: 4 bytes length, the question. Answer: one byte (0 the answer, 1 a refusal), 8 bytes
 * length, so many bytes; those of a refusal are a sentence in UTF-8. Numbers are big-endian. Then both ends close.
 *
 * Bounds. The asker says how long an answer it takes and how long it waits for the next bytes.
 */
final class Inquiry {
  static final int ANSWER = 0;
  static final int REFUSAL = 1;

  /// Longest question, in bytes.
  static final int MAX_QUESTION_BYTES = 1 << 20;

  /// Longest refusal, in bytes.
  static final int MAX_REFUSAL_BYTES = 4 << 10;

  private static final int PIECE_BYTES = 64 << 10;

  private Inquiry() {}

  /// The other end has understood and does not answer, or its answer is longer than wanted.
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /// The answer. Closes the channel.
  ///
  /// @param maxBytes the longest answer that is taken
  /// @param patience how long to wait for the next bytes
  static byte[] ask(SocketChannel channel, Question question, int maxBytes, Duration patience)
      throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ask(channel, question, maxBytes, patience, answer);
    return answer.toByteArray();
  }

  /// As the other, with the answer written to `to` as it comes.
  static void ask(
      SocketChannel channel, Question question, long maxBytes, Duration patience, OutputStream to)
      throws IOException {
    try (channel) {
      send(channel, question);
      channel.socket().setSoTimeout((int) patience.toMillis());
      InputStream in = channel.socket().getInputStream();
      ByteBuffer head = ByteBuffer.wrap(in.readNBytes(9));
      if (head.remaining() < 9) {
        throw new EOFException("the connection was closed without an answer");
      }
      int kind = head.get();
      long length = head.getLong();
      if (kind != ANSWER) {
        int count = Math.clamp(length, 0, MAX_REFUSAL_BYTES);
        throw new RefusedException(new String(in.readNBytes(count), StandardCharsets.UTF_8));
      }
      if (length < 0 || length > maxBytes) {
        throw new RefusedException(
            "an answer of " + length + " bytes, where at most " + maxBytes + " are taken");
      }
      copy(in, length, to);
    } catch (SocketTimeoutException e) {
      throw new IOException("nothing came for " + patience.toMillis() + " ms", e);
    }
  }

  private static void send(SocketChannel channel, Question question) throws IOException {
    WireWriter out = new WireWriter(256);
    question.write(out);
    byte[] body = out.toBytes();
    if (body.length > MAX_QUESTION_BYTES) {
      throw new IOException("a question of " + body.length + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void copy(InputStream in, long length, OutputStream to) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (long left = length; left > 0; ) {
      int count = in.read(piece, 0, (int) Math.min(left, piece.length));
      if (count < 0) {
        throw new EOFException("the connection was closed " + left + " bytes before the end");
      }
      to.write(piece, 0, count);
      left -= count;
    }
  }
}
