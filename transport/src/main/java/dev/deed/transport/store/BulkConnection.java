package dev.deed.transport.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.store.ChunkProtocol.Answer;
import dev.deed.transport.store.ChunkProtocol.Kind;
import dev.deed.transport.store.ChunkProtocol.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/// The asking end of a bulk connection. One thread at a time; [#close] by any.
final class BulkConnection {
  private final ByteChannel channel;
  private final ByteBuffer head = ByteBuffer.allocateDirect(ChunkProtocol.HEAD_BYTES);
  private final ByteBuffer outgoing =
      ByteBuffer.allocateDirect(4 + ChunkProtocol.MAX_REQUEST_BYTES);
  private final ByteBuffer piece = ByteBuffer.allocateDirect(MappedReads.PIECE_BYTES);
  private final Compression.BlockBuffers buffers = new Compression.BlockBuffers();
  private final BlockHash hash = new BlockHash();
  private boolean used;
  private long idleSinceNs;

  BulkConnection(ByteChannel channel) {
    this.channel = channel;
  }

  /// Whether it has answered before: then it may have been closed by the peer meanwhile.
  boolean used() {
    return used;
  }

  long idleSinceNs() {
    return idleSinceNs;
  }

  void idleSince(long nowNs) {
    idleSinceNs = nowNs;
  }

  void send(Request request, Watchdog.Guard guard) throws IOException {
    ChunkProtocol.put(request, outgoing.clear());
    ChunkProtocol.writeFully(channel, outgoing.flip(), guard);
  }

  /// Reads the head of the answer to `request`; its bytes, if there are any, are read by
  /// [#receive].
  Answer readHead(Request.Get request, Watchdog.Guard guard) throws IOException {
    ChunkProtocol.readFully(channel, head.clear(), guard);
    Answer answer = ChunkProtocol.takeAnswer(head.flip());
    answer.requireFor(request);
    used = true;
    return answer;
  }

  /// Reads the bytes of an answer into the value.
  ///
  /// @return whether they have their checksum; if not, the block is still missing
  /// @throws OwnStoreFailure if the value can't be written
  boolean receive(Answer answer, Request.Get request, Receiving into, Watchdog.Guard guard)
      throws IOException, OwnStoreFailure {
    long position = (long) request.block() * BlockHash.BLOCK_BYTES;
    if (answer.kind() == Kind.ZSTD) {
      ByteBuffer plain = unpack(answer, guard);
      hash.update(plain);
      write(into, position, plain);
    } else {
      for (int done = 0; done < answer.length(); done += piece.limit()) {
        piece.clear().limit(Math.min(piece.capacity(), answer.length() - done));
        ChunkProtocol.readFully(channel, piece, guard);
        piece.flip();
        hash.update(piece);
        write(into, position + done, piece);
      }
    }
    if (hash.take() != answer.hash()) {
      return false;
    }
    into.complete(request.block(), answer.hash());
    return true;
  }

  private ByteBuffer unpack(Answer answer, Watchdog.Guard guard) throws IOException {
    ByteBuffer packed = buffers.packed().limit(answer.wireLength());
    ChunkProtocol.readFully(channel, packed, guard);
    ByteBuffer plain = buffers.plain().limit(answer.length());
    // The room is as large as the block must be, so a frame that claims more ends in an error.
    try {
      long size =
          Zstd.decompressDirectByteBuffer(
              plain, 0, answer.length(), packed, 0, answer.wireLength());
      if (size == answer.length()) {
        return plain;
      }
      throw new MalformedException("a block of " + size + " bytes, not " + answer.length());
    } catch (ZstdException e) {
      throw new MalformedException("a compressed block that is none: " + e.getMessage());
    }
  }

  private static void write(Receiving into, long position, ByteBuffer bytes)
      throws OwnStoreFailure {
    try {
      into.write(position, bytes);
    } catch (IOException e) {
      throw new OwnStoreFailure(e);
    }
  }

  void close() throws IOException {
    channel.close();
  }

  /// The own store failed, not the connection: no other holder will help.
  static final class OwnStoreFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final IOException reason;

    OwnStoreFailure(IOException reason) {
      super(reason);
      this.reason = reason;
    }

    IOException reason() {
      return reason;
    }
  }
}
