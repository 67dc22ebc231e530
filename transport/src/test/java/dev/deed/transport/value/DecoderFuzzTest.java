package dev.deed.transport.value;

import static dev.deed.transport.value.Samples.CODE;
import static dev.deed.transport.value.Samples.HOOK;
import static dev.deed.transport.value.Samples.VALUES;
import static dev.deed.transport.value.Samples.ref;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.value.Samples.Holder;
import dev.deed.transport.value.Samples.Node;
import dev.deed.transport.value.Samples.Point;
import dev.deed.transport.value.Samples.Task0;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whatever bytes arrive, decoding ends with a value or a typed error, and takes little memory.
class DecoderFuzzTest {
  private static final int MUTATIONS = 17_000;
  private static final long MOST_BYTES = 128L << 20;

  private final com.sun.management.ThreadMXBean allocation =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final List<String> unexpected = new ArrayList<>();
  private int decoded;

  @Test
  void mutatedValuesAreDecodedOrRefused() {
    List<byte[]> corpus = new ArrayList<>();
    for (Object value : ValueCodecTest.values()) {
      corpus.add(VALUES.encode(value, HOOK).payload().bytes());
    }
    for (Object value : graphs()) {
      corpus.add(VALUES.encode(value, HOOK).payload().bytes());
    }
    run(corpus, 1, bytes -> VALUES.decode(bytes, HOOK));
    decoded = 0;
    run(corpus, 3, bytes -> Samples.COMPILED.decode(bytes, HOOK));
  }

  @Test
  void mutatedFunctionsAreDecodedOrRefused() {
    int number = 5;
    String text = "text";
    Point point = new Point(1, 2);
    Samples.Ref<String> handle = ref(4);
    List<Object> list = new ArrayList<>(List.of(1, "two", ref(3)));
    List<Task0<?>> functions =
        List.of(
            () -> 1,
            () -> number + text,
            () -> point.x() + list.size(),
            () -> handle.reference(),
            text::length,
            new CodeCodecTest.Adder(3).bound());
    List<byte[]> corpus =
        functions.stream().map(function -> CODE.encode(function, HOOK).payload().bytes()).toList();
    run(corpus, 2, bytes -> CODE.decode(bytes, Task0.class, HOOK));
  }

  private static List<Object> graphs() {
    Node node = new Node("first");
    node.next = new Node("second");
    node.next.next = node;
    node.friends.add(node.next);
    Exception failure = new IllegalStateException("outer", new IOException("inner"));
    failure.addSuppressed(new ThrowableCodecTest.HttpError(1, "x", List.of(ref(1))));
    Task0<Integer> function = () -> node.name.length();
    return List.of(
        node,
        failure,
        new Holder(failure),
        new Holder(function),
        new AtomicReference<>(Map.of("k", new Object[] {ref(1), 1L, "x"})),
        new HashSet<>(List.of(List.of(1, 2), List.of(3))),
        new Holder(new Object[][] {{1, null}, {new Point(1, 2)}}));
  }

  private interface Decoder {
    @Nullable Object decode(byte[] bytes);
  }

  private void run(List<byte[]> corpus, long seed, Decoder decoder) {
    Random random = new Random(seed);
    for (int i = 0; i < MUTATIONS && unexpected.size() < 10; i++) {
      byte[] input = mutate(corpus, random);
      long before = allocation.getCurrentThreadAllocatedBytes();
      try {
        decoder.decode(input);
        decoded++;
      } catch (MalformedException | CodecException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException | Error e) {
        unexpected.add(i + " " + Arrays.toString(input) + ": " + trace(e));
      }
      long taken = allocation.getCurrentThreadAllocatedBytes() - before;
      if (taken > MOST_BYTES) {
        unexpected.add(i + " " + Arrays.toString(input) + " took " + taken + " bytes");
      }
    }
    assertThat(unexpected).as("seed " + seed).isEmpty();
    assertThat(decoded)
        .as("the fuzzer must reach decoders' depths")
        .isBetween(500, MUTATIONS - 500);
  }

  private static String trace(Throwable failure) {
    return failure + " " + Arrays.stream(failure.getStackTrace()).limit(8).toList();
  }

  private static byte[] mutate(List<byte[]> corpus, Random random) {
    byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
    int rounds = 1 + random.nextInt(4);
    for (int i = 0; i < rounds; i++) {
      if (bytes.length == 0) {
        return bytes;
      }
      // Half of them near the end, behind the names of classes, where the values lie.
      int at =
          random.nextBoolean()
              ? random.nextInt(bytes.length)
              : bytes.length - 1 - random.nextInt(Math.min(bytes.length, 40));
      switch (random.nextInt(8)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(8));
        case 4 -> fill(bytes, at, (byte) 0xff, 1 + random.nextInt(5));
        case 5 -> bytes = splice(bytes, at, corpus.get(random.nextInt(corpus.size())), random);
        case 6 -> bytes[at] = (byte) (random.nextBoolean() ? 0x7f : 0x80);
        default -> bytes[at]++;
      }
    }
    return bytes;
  }

  private static void fill(byte[] bytes, int at, byte with, int count) {
    Arrays.fill(bytes, at, Math.min(bytes.length, at + count), with);
  }

  private static byte[] splice(byte[] bytes, int at, byte[] other, Random random) {
    int from = random.nextInt(other.length);
    byte[] joined = Arrays.copyOf(bytes, at + other.length - from);
    System.arraycopy(other, from, joined, at, other.length - from);
    return joined;
  }
}
