package dev.deed.transport.store;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.store.ChunkProtocol.Answer;
import dev.deed.transport.store.ChunkProtocol.Kind;
import dev.deed.transport.store.ChunkProtocol.Request;
import dev.deed.transport.store.TransferCounters.Count;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One connection that is served: reads requests and answers them, one after the other.
final class Serving {
  private final StoreBase store;
  private final ByteChannel channel;
  private final Watchdog.Guard guard;
  private final TransferConfig config;
  private final TransferCounters counters;
  private final LinkSpeed link;
  private final LinkSpeed zstd;
  private final Compression.BlockBuffers buffers = new Compression.BlockBuffers();
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(4096).flip();
  private final ByteBuffer head = ByteBuffer.allocateDirect(ChunkProtocol.HEAD_BYTES);
  private @Nullable Current current;

  /// The value that was asked for last.
  private record Current(StoredCopy value, BlockSource source, Compression compression) {}

  Serving(
      StoreBase store,
      ByteChannel channel,
      Watchdog.Guard guard,
      TransferConfig config,
      TransferCounters counters,
      LinkSpeed link,
      LinkSpeed zstd) {
    this.store = store;
    this.channel = channel;
    this.guard = guard;
    this.config = config;
    this.counters = counters;
    this.link = link;
    this.zstd = zstd;
  }

  /// Serves until the peer ends the connection.
  ///
  /// @throws MalformedException if it sent something else than requests
  void run() throws IOException {
    try {
      Optional<Request> request = next();
      while (request.isPresent()) {
        switch (request.get()) {
          case Request.Get get -> answer(get);
          case Request.End() -> release();
        }
        request = next();
      }
    } finally {
      release();
    }
  }

  private Optional<Request> next() throws IOException {
    Optional<Request> request = ChunkProtocol.take(incoming);
    while (request.isEmpty()) {
      incoming.compact();
      // A client that has nothing to ask closes its connection sooner than this.
      guard.expect(config.idleNs() + config.stallNs());
      int count = channel.read(incoming);
      guard.rest();
      incoming.flip();
      if (count < 0) {
        if (incoming.hasRemaining()) {
          throw new MalformedException("the connection ended within a request");
        }
        return request;
      }
      request = ChunkProtocol.take(incoming);
    }
    return request;
  }

  private void answer(Request.Get get) throws IOException {
    Optional<Current> found = find(get.value());
    if (found.isEmpty()) {
      counters.add(Count.ABSENT, 1);
      sendHead(Answer.without(Kind.ABSENT, get.number()));
      return;
    }
    OptionalLong hash;
    try {
      hash = found.get().source().awaitHash(get.block(), config.pendingNs());
    } catch (StoreClosedException _) {
      release(); // what was arriving has been given up
      counters.add(Count.ABSENT, 1);
      sendHead(Answer.without(Kind.ABSENT, get.number()));
      return;
    }
    if (hash.isEmpty()) {
      sendHead(Answer.without(Kind.PENDING, get.number()));
      return;
    }
    sendBlock(found.get(), get, hash.getAsLong());
    counters.add(Count.CHUNKS_SENT, 1);
    counters.add(Count.BYTES_SENT, get.length());
  }

  private Optional<Current> find(StoredCopy wanted) throws IOException {
    Current before = current;
    if (before != null && before.value().equals(wanted)) {
      return Optional.of(before);
    }
    release();
    Optional<BlockSource> source;
    try {
      source = store.source(wanted.key());
    } catch (StoreException _) {
      return Optional.empty(); // damaged, or the store is closing: it is not to be had here
    }
    if (source.isEmpty()) {
      return Optional.empty();
    }
    Current now = new Current(wanted, source.get(), new Compression(link, zstd, buffers));
    current = now;
    if (source.get().size() != wanted.size() || source.get().digest() != wanted.digest()) {
      release();
      return Optional.empty();
    }
    return Optional.of(now);
  }

  private void sendBlock(Current value, Request.Get get, long hash) throws IOException {
    long position = (long) get.block() * BlockHash.BLOCK_BYTES;
    int length = get.length();
    if (value.compression().pays()) {
      ByteBuffer plain = buffers.plain().limit(length);
      value.source().bytes().read(position, plain);
      ByteBuffer packed = value.compression().compress(plain.flip());
      if (packed != null) {
        counters.add(Count.CHUNKS_COMPRESSED, 1);
        sendHead(new Answer(Kind.ZSTD, get.number(), length, packed.remaining(), hash));
        sendBytes(packed);
      } else {
        sendHead(new Answer(Kind.PLAIN, get.number(), length, length, hash));
        sendBytes(plain);
      }
      return;
    }
    sendHead(new Answer(Kind.PLAIN, get.number(), length, length, hash));
    guard.expect(config.stallNs());
    long start = System.nanoTime();
    for (long sent = 0; sent < length; ) {
      long count = value.source().bytes().send(position + sent, length - sent, channel);
      guard.progressed(count);
      sent += count;
    }
    link.measured(length, System.nanoTime() - start);
    guard.rest();
  }

  private void sendBytes(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    guard.expect(config.stallNs());
    long start = System.nanoTime();
    ChunkProtocol.writeFully(channel, bytes, guard);
    link.measured(length, System.nanoTime() - start);
    guard.rest();
  }

  private void sendHead(Answer answer) throws IOException {
    ChunkProtocol.put(answer, head.clear());
    guard.expect(config.stallNs());
    ChunkProtocol.writeFully(channel, head.flip(), guard);
    guard.rest();
  }

  private void release() throws IOException {
    Current before = current;
    current = null;
    if (before != null) {
      before.source().close();
    }
  }
}
