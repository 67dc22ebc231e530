package dev.deed.transport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

final class FrameDecoderTest {
  private static final int MAX = 1 << 20;

  private final CRC32C crc = new CRC32C();

  /// What came out, as text.
  private static final class Log implements FrameDecoder.Sink {
    final List<String> entries = new ArrayList<>();

    @Override
    public boolean message(byte[] buffer, int offset, int length) {
      entries.add(
          length + ":" + Arrays.hashCode(Arrays.copyOfRange(buffer, offset, offset + length)));
      return true;
    }

    @Override
    public void acknowledged(long count) {
      entries.add("ack " + count);
    }
  }

  private byte[] message(long number, byte[] content) {
    WireWriter out = new WireWriter(64);
    Frame.reserve(out);
    out.writeRaw(content, 0, content.length);
    Frame.finish(out, 0, number, crc);
    return out.toBytes();
  }

  private byte[] acknowledgement(long count) {
    ByteBuffer buffer = ByteBuffer.allocate(Frame.ACKNOWLEDGEMENT_BYTES);
    Frame.acknowledge(buffer, count, crc);
    return buffer.array();
  }

  private byte[] stream(Random random, int frames) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long number = 0;
    for (int i = 0; i < frames; i++) {
      if (random.nextInt(4) == 0) {
        out.writeBytes(acknowledgement(random.nextInt(1000)));
      } else {
        byte[] content = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 100_000 : 60)];
        random.nextBytes(content);
        out.writeBytes(message(number++, content));
      }
    }
    return out.toByteArray();
  }

  /// Feeds `bytes` in slices of at most `slice`.
  private static Log decode(FrameDecoder decoder, byte[] bytes, int slice) {
    Log log = new Log();
    for (int at = 0; at < bytes.length; ) {
      ByteBuffer space = decoder.space();
      int count = Math.min(Math.min(slice, space.remaining()), bytes.length - at);
      space.put(bytes, at, count);
      at += count;
      decoder.decode(log);
    }
    return log;
  }

  private static FrameDecoder decoder() {
    return new FrameDecoder(MAX, 0);
  }

  @Test
  void slicesOfAnySizeGiveTheSameFrames() {
    byte[] bytes = stream(new Random(1), 60);
    List<String> whole = decode(decoder(), bytes, Integer.MAX_VALUE).entries;
    assertThat(whole).hasSize(60);
    for (int slice : new int[] {1, 2, 11, 12, 13, 1000, 65_536}) {
      assertThat(decode(decoder(), bytes, slice).entries).as("slice %d", slice).isEqualTo(whole);
    }
  }

  @Test
  void aStreamCutAnywhereGivesThePrefix() {
    byte[] bytes = message(0, new byte[] {1, 2, 3});
    for (int length = 0; length < bytes.length; length++) {
      FrameDecoder decoder = decoder();
      assertThat(decode(decoder, Arrays.copyOf(bytes, length), 100).entries).isEmpty();
      assertThat(decoder.received()).isZero();
    }
  }

  @Test
  void aMessageTwiceOrLeftOutIsNoticed() {
    byte[] first = message(0, new byte[] {1});
    byte[] third = message(2, new byte[] {3});
    FrameDecoder twice = decoder();
    decode(twice, first, 100);
    assertThatThrownBy(() -> decode(twice, first, 100)).isInstanceOf(MalformedException.class);
    FrameDecoder gap = decoder();
    decode(gap, first, 100);
    assertThatThrownBy(() -> decode(gap, third, 100)).isInstanceOf(MalformedException.class);
  }

  @Test
  void absurdLengthsAreRefusedBeforeAnythingIsAllocated() {
    for (int length : new int[] {0, MAX + 1, Frame.MAX_LENGTH}) {
      assertRefused(header(Frame.word(Frame.MESSAGE, length), 0));
    }
    assertRefused(header(Frame.word(Frame.ACKNOWLEDGEMENT, 7), 0));
    assertRefused(header(Frame.word(0, 8), 0));
    assertRefused(header(Frame.word(15, 8), 0));
    assertRefused(header(-1, 0));
  }

  private static byte[] header(int word, long number) {
    ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(word).putInt(Frame.check(word, number));
    return header.array();
  }

  private static void assertRefused(byte[] bytes) {
    FrameDecoder decoder = decoder();
    assertThatThrownBy(() -> decode(decoder, bytes, 100)).isInstanceOf(MalformedException.class);
    assertThat(decoder.capacity()).isEqualTo(FrameDecoder.BUFFER_BYTES);
  }

  @Test
  void theBufferGrowsOnlyWithWhatCame() {
    FrameDecoder decoder = decoder();
    decode(decoder, header(Frame.word(Frame.MESSAGE, MAX), 0), 100);
    assertThat(decoder.space().remaining()).isPositive();
    assertThat(decoder.capacity()).isEqualTo(FrameDecoder.BUFFER_BYTES);
  }

  @Test
  void theBufferShrinksAfterALongMessage() {
    FrameDecoder decoder = decoder();
    assertThat(decode(decoder, message(0, new byte[MAX]), 65_536).entries).hasSize(1);
    decoder.space();
    assertThat(decoder.capacity()).isEqualTo(FrameDecoder.BUFFER_BYTES);
  }

  @Test
  void eachFlippedBitIsNoticed() {
    byte[] bytes = message(0, new byte[] {1, 2, 3, 4, 5});
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      FrameDecoder decoder = decoder();
      assertThatThrownBy(() -> decode(decoder, flipped, 100))
          .as("bit %d", bit)
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void aHundredThousandMutatedStreamsGiveATruePrefixOrAreRefused() {
    Random random = new Random(99);
    byte[][] corpus = new byte[20][];
    List<List<String>> truths = new ArrayList<>();
    for (int i = 0; i < corpus.length; i++) {
      Random small = new Random(i);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (int number = 0; number < 4; number++) {
        byte[] content = new byte[1 + small.nextInt(40)];
        small.nextBytes(content);
        out.writeBytes(message(number, content));
        out.writeBytes(acknowledgement(number));
      }
      corpus[i] = out.toByteArray();
      truths.add(decode(decoder(), corpus[i], 1000).entries);
    }
    int refused = 0;
    for (int i = 0; i < 100_000; i++) {
      int pick = random.nextInt(corpus.length);
      byte[] mutated = mutate(random, corpus[pick], corpus[random.nextInt(corpus.length)]);
      FrameDecoder fresh = decoder();
      Log log = new Log();
      try {
        ByteBuffer space = fresh.space();
        space.put(mutated);
        fresh.decode(log);
      } catch (MalformedException e) {
        refused++;
      }
      if (fresh.capacity() != FrameDecoder.BUFFER_BYTES) {
        throw new AssertionError("grew to " + fresh.capacity());
      }
      assertTrue(log.entries, truths, pick);
    }
    assertThat(refused).isBetween(50_000, 90_000);
  }

  /// All frames that came out are frames that somebody wrote: nothing was made up.
  private static void assertTrue(List<String> entries, List<List<String>> truths, int pick) {
    for (int i = 0; i < entries.size(); i++) {
      String entry = entries.get(i);
      boolean own = truths.get(pick).contains(entry);
      if (!own && truths.stream().noneMatch(truth -> truth.contains(entry))) {
        throw new AssertionError("made up: " + entry);
      }
    }
  }

  private static byte[] mutate(Random random, byte[] bytes, byte[] other) {
    return switch (random.nextInt(5)) {
      case 0 -> {
        byte[] flipped = bytes.clone();
        flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 2 -> {
        int at = random.nextInt(bytes.length);
        byte[] spliced = Arrays.copyOf(bytes, at + other.length);
        System.arraycopy(other, 0, spliced, at, other.length);
        yield spliced;
      }
      case 3 -> {
        byte[] tweaked = bytes.clone();
        ByteBuffer.wrap(tweaked).order(ByteOrder.LITTLE_ENDIAN).putInt(0, random.nextInt());
        yield tweaked;
      }
      default -> {
        byte[] garbage = new byte[1 + random.nextInt(200)];
        random.nextBytes(garbage);
        yield garbage;
      }
    };
  }
}
