package dev.deed.transport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.store.ChunkProtocol.Answer;
import dev.deed.transport.store.ChunkProtocol.Kind;
import dev.deed.transport.store.ChunkProtocol.Request;
import dev.deed.transport.store.Neighbours.Neighbour;
import dev.deed.transport.store.PullResult.Stored;
import dev.deed.transport.store.TransferCounters.Count;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The frames, and what becomes of bytes that are none.
class ChunkProtocolTest {
  private static final StoredCopy VALUE = new StoredCopy(Samples.key(3), 5 << 20, 77);

  private static ByteBuffer encoded(Request... requests) {
    ByteBuffer buffer = ByteBuffer.allocate(1024);
    for (Request request : requests) {
      ChunkProtocol.put(request, buffer);
    }
    return buffer.flip();
  }

  @Test
  void requestsComeOutAsTheyWentInHoweverTheyAreCut() {
    List<Request> sent =
        List.of(
            new Request.Get(0, VALUE, 0),
            new Request.Get(Integer.MAX_VALUE, VALUE, 4),
            new Request.End(),
            new Request.Get(7, new StoredCopy(Samples.key(4), 1, -1), 0));
    byte[] all = new byte[1024];
    ByteBuffer whole = encoded(sent.toArray(Request[]::new));
    int length = whole.remaining();
    whole.get(all, 0, length);
    for (int slice = 1; slice <= length; slice++) {
      List<Request> read = new ArrayList<>();
      ByteBuffer incoming = ByteBuffer.allocate(1024).flip();
      for (int at = 0; at < length; at += slice) {
        incoming.compact().put(all, at, Math.min(slice, length - at)).flip();
        Optional<Request> next = ChunkProtocol.take(incoming);
        while (next.isPresent()) {
          read.add(next.get());
          next = ChunkProtocol.take(incoming);
        }
      }
      assertThat(read).isEqualTo(sent);
    }
  }

  @Test
  void lengthsAndNumbersAreCheckedBeforeAnythingElse() {
    for (int length : new int[] {0, -1, Integer.MAX_VALUE, ChunkProtocol.MAX_REQUEST_BYTES + 1}) {
      ByteBuffer bad = encoded(new Request.Get(1, VALUE, 0));
      bad.order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(0, length);
      assertThatThrownBy(() -> ChunkProtocol.take(bad)).isInstanceOf(MalformedException.class);
    }
    ByteBuffer beyond = encoded(new Request.Get(1, VALUE, 5));
    assertThatThrownBy(() -> ChunkProtocol.take(beyond)).isInstanceOf(MalformedException.class);
    ByteBuffer huge =
        encoded(new Request.Get(1, new StoredCopy(Samples.key(1), Long.MAX_VALUE, 0), 0));
    assertThatThrownBy(() -> ChunkProtocol.take(huge)).isInstanceOf(MalformedException.class);
  }

  @Test
  void mutatedRequestsAreRequestsOrMalformed() {
    Random random = new Random(1);
    int malformed = 0;
    for (int round = 0; round < 200_000; round++) {
      ByteBuffer frame = encoded(new Request.Get(round, VALUE, round % 5), new Request.End());
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        int at = random.nextInt(frame.limit());
        frame.put(at, (byte) (frame.get(at) ^ 1 << random.nextInt(8)));
      }
      frame.limit(random.nextInt(frame.limit() + 1));
      try {
        while (ChunkProtocol.take(frame).isPresent()) {
          assertThat(frame.position()).isLessThanOrEqualTo(frame.limit());
        }
      } catch (MalformedException _) {
        malformed++;
      }
    }
    assertThat(malformed).isPositive();
  }

  @Test
  void everyChangedHeadIsFound() {
    Answer answer = new Answer(Kind.PLAIN, 9, 1 << 20, 1 << 20, 123_456_789L);
    ByteBuffer good = ByteBuffer.allocate(ChunkProtocol.HEAD_BYTES);
    ChunkProtocol.put(answer, good);
    assertThat(good.hasRemaining()).isFalse();
    assertThat(ChunkProtocol.takeAnswer(good.flip())).isEqualTo(answer);
    for (int bit = 0; bit < 8 * ChunkProtocol.HEAD_BYTES; bit++) {
      ByteBuffer bad = ByteBuffer.wrap(good.array().clone());
      bad.put(bit / 8, (byte) (bad.get(bit / 8) ^ 1 << bit % 8));
      assertThatThrownBy(() -> ChunkProtocol.takeAnswer(bad))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void anAnswerMustFitItsRequest() {
    Request.Get request = new Request.Get(9, VALUE, 0);
    int block = 1 << 20;
    new Answer(Kind.PLAIN, 9, block, block, 0).requireFor(request);
    new Answer(Kind.ZSTD, 9, block, 10, 0).requireFor(request);
    Answer.without(Kind.ABSENT, 9).requireFor(request);
    for (Answer wrong :
        List.of(
            new Answer(Kind.PLAIN, 8, block, block, 0),
            new Answer(Kind.PLAIN, 9, block - 1, block - 1, 0),
            new Answer(Kind.PLAIN, 9, block, -1, 0),
            new Answer(Kind.ZSTD, 9, block, block, 0),
            new Answer(Kind.ZSTD, 9, block, 0, 0),
            new Answer(Kind.ZSTD, 9, Integer.MAX_VALUE, 10, 0),
            new Answer(Kind.ABSENT, 9, 0, 1, 0))) {
      assertThatThrownBy(() -> wrong.requireFor(request)).isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void aServerOutlivesAnyBytes() throws Exception {
    TransferConfig config = TransferConfig.defaults().withStallNs(300_000_000L);
    try (Neighbours net = new Neighbours()) {
      Neighbour holder = net.add(1, config);
      Neighbour taker = net.add(2, config);
      byte[] bytes = Samples.bytes(1, 300_000);
      StoredCopy copy = Samples.put(holder.store, Samples.key(1), bytes);
      Random random = new Random(5);
      byte[] real =
          Arrays.copyOf(encoded(new Request.Get(1, copy, 0), new Request.End()).array(), 150);
      for (int round = 0; round < 300; round++) {
        byte[] junk = round % 2 == 0 ? Samples.bytes(round, random.nextInt(400)) : real.clone();
        if (junk.length > 0) {
          junk[random.nextInt(junk.length)] ^= (byte) (1 + random.nextInt(255));
        }
        throwAt(net, holder, junk);
      }
      assertThat(holder.server.counters().get(Count.MALFORMED)).isPositive();
      assertThat(
              taker
                  .client
                  .pull(copy.key(), copy.size(), copy.digest(), List.of(holder.id))
                  .get(20, TimeUnit.SECONDS))
          .isEqualTo(new Stored(copy));
      assertThat(holder.store.list()).containsExactly(copy);
    }
  }

  private static void throwAt(Neighbours net, Neighbour holder, byte[] junk) throws IOException {
    try (SocketChannel channel = SocketChannel.open(net.address(holder.id))) {
      ByteBuffer buffer = ByteBuffer.wrap(junk);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.shutdownOutput();
      ByteBuffer answers = ByteBuffer.allocate(64 << 10);
      while (channel.read(answers) >= 0) {
        answers.clear();
      }
    } catch (IOException _) {
      // The server closed the connection first: that is what it should do.
    }
  }

  @Test
  void aClientOutlivesAnyBytes() throws Exception {
    TransferConfig config = TransferConfig.defaults().withStallNs(300_000_000L);
    try (Neighbours net = new Neighbours()) {
      Neighbour holder = net.add(1, config);
      Neighbour taker = net.add(2, config);
      StoredCopy copy = Samples.put(holder.store, Samples.key(1), Samples.bytes(1, 300_000));
      Random random = new Random(6);
      for (int round = 0; round < 40; round++) {
        byte[] junk = Samples.bytes(round, 1 + random.nextInt(200));
        try (FaultyProxy proxy =
            new FaultyProxy(
                net.address(holder.id),
                _ ->
                    (_, passing) -> {
                      passing.clear().put(junk).flip();
                      return false;
                    })) {
          net.reachThrough(Samples.worker(8), proxy.address());
          assertThat(
                  taker
                      .client
                      .pull(copy.key(), copy.size(), copy.digest(), List.of(Samples.worker(8)))
                      .get(20, TimeUnit.SECONDS))
              .isInstanceOf(PullResult.Failed.class);
        }
      }
      assertThat(taker.client.counters().get(Count.MALFORMED)).isPositive();
      assertThat(taker.store.usedBytes()).isZero();
    }
  }
}
