package dev.deed.transport.value;

import static dev.deed.transport.value.Samples.HOOK;
import static dev.deed.transport.value.Samples.VALUES;
import static dev.deed.transport.value.Samples.mixedRoundTrip;
import static dev.deed.transport.value.Samples.ref;
import static dev.deed.transport.value.Samples.reference;
import static dev.deed.transport.value.Samples.roundTrip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.Value;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.transport.value.Samples.Box;
import dev.deed.transport.value.Samples.Circle;
import dev.deed.transport.value.Samples.Color;
import dev.deed.transport.value.Samples.Customer;
import dev.deed.transport.value.Samples.Empty;
import dev.deed.transport.value.Samples.Holder;
import dev.deed.transport.value.Samples.Named;
import dev.deed.transport.value.Samples.Node;
import dev.deed.transport.value.Samples.Order;
import dev.deed.transport.value.Samples.Point;
import dev.deed.transport.value.Samples.Ref;
import dev.deed.transport.value.Samples.Special;
import dev.deed.transport.value.Samples.Square;
import dev.deed.transport.value.Samples.Task1;
import java.io.ByteArrayInputStream;
import java.io.Externalizable;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.Socket;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValueCodecTest {

  static List<Object> values() {
    return Arrays.asList(
        null,
        true,
        (byte) -3,
        (short) -300,
        'x',
        '\uffff',
        -5,
        1L << 40,
        1.5f,
        Double.NaN,
        "",
        "plain",
        "Grüße",
        "日本語 😀",
        "\ud800 alone",
        new byte[] {1, 2, 3},
        new boolean[] {true, false},
        new short[] {1, -1},
        "chars".toCharArray(),
        IntStream.range(0, 300).toArray(),
        new long[] {Long.MIN_VALUE, 3},
        new float[] {1f, -0f},
        new double[0],
        new String[] {"a", null},
        new Object[] {1, "x", new int[] {2}},
        new int[][] {{1}, {2, 3}},
        new Point[] {new Point(1, 2), null},
        new Instant[] {Instant.EPOCH},
        new Point(1, 2),
        new Named("n", new Point(3, 4), List.of(1, 2), Map.of("a", 1.0)),
        new Square(2, new Circle(1)),
        new Empty(),
        Color.RED,
        Color.GREEN,
        List.of(Color.GREEN, Color.RED),
        DayOfWeek.MONDAY,
        RoundingMode.UP,
        TimeUnit.DAYS,
        List.of(),
        List.of(1),
        List.of("a", "b", "c"),
        Set.of(1, 2, 3),
        Map.of(1, "one"),
        new ArrayList<>(Arrays.asList(1, null, "x")),
        Arrays.asList(1, 2),
        new LinkedHashMap<>(Map.of("k", List.of(1))),
        new TreeMap<>(Map.of("b", 1, "a", 2)),
        new ConcurrentHashMap<>(Map.of("b", 1)),
        new CopyOnWriteArrayList<>(List.of(1, 2)),
        new HashMap<>(Collections.singletonMap(null, null)),
        EnumSet.of(Color.RED),
        new EnumMap<>(Map.of(Color.RED, 1)),
        Collections.unmodifiableList(new ArrayList<>(List.of(1))),
        Optional.empty(),
        Optional.of(new Point(5, 6)),
        OptionalInt.of(4),
        UUID.fromString("00000000-0000-0001-0000-000000000002"),
        BitSet.valueOf(new long[] {5}),
        new BigInteger("123456789012345678901234567890"),
        new BigDecimal("1.10"),
        LocalDate.of(2026, 1, 2),
        Duration.ofSeconds(3, 4),
        ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 6, ZoneId.of("Europe/Berlin")),
        Locale.GERMANY,
        URI.create("http://example.org/x"),
        ref(9));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesComeBackEqual(Object value) {
    Object back = roundTrip(value);
    assertThat(back).isEqualTo(value);
    if (back != null) {
      assertThat(back.getClass()).isEqualTo(value.getClass());
    }
  }

  @ParameterizedTest
  @MethodSource("values")
  void generatedCodeReadsAndWritesTheSameBytes(Object value) {
    assertThat(mixedRoundTrip(value, true)).isEqualTo(value);
    assertThat(mixedRoundTrip(value, false)).isEqualTo(value);
  }

  @Test
  void containersWithoutEqualsComeBackWithTheirContent() {
    assertThat(roundTrip(new ArrayDeque<>(List.of(1, 2)), ArrayDeque.class).toArray())
        .containsExactly(1, 2);
    assertThat(roundTrip(new PriorityQueue<>(List.of(2, 1)), PriorityQueue.class).poll())
        .isEqualTo(1);
    assertThat(roundTrip(new AtomicLong(7), AtomicLong.class).get()).isEqualTo(7);
    assertThat(roundTrip(new AtomicInteger(8), AtomicInteger.class).get()).isEqualTo(8);
  }

  @Test
  void ordinaryClassesKeepFieldsAndLeaveOutTransientOnes() {
    Special special = new Special("s", 1L << 50);
    special.cache = 5;
    Special back = roundTrip(special, Special.class);
    assertThat(back.name).isEqualTo("s");
    assertThat(back.extra()).isEqualTo(1L << 50);
    assertThat(back.cache).isZero();
  }

  @Test
  void cyclesAndSharedObjectsKeepTheirShape() {
    Node first = new Node("first");
    first.next = new Node("second");
    first.next.next = first;
    first.friends.add(first.next);
    Node back = roundTrip(first, Node.class);
    assertThat(Objects.requireNonNull(back.next).next).isSameAs(back);
    assertThat(back.friends.getFirst()).isSameAs(back.next);
  }

  @Test
  void referencesAreFoundInEveryContainer() {
    Box<Object> box = new Box<>();
    box.content = ref(5);
    List<Object> value =
        new ArrayList<>(
            List.of(
                ref(1),
                Map.of("k", ref(2)),
                new Object[] {ref(3)},
                new Holder(ref(4)),
                box,
                Optional.of(ref(6)),
                captureOf(ref(7)),
                new Ref<?>[] {ref(8)},
                ref(1)));
    Value encoded = VALUES.encode(value, HOOK);
    assertThat(encoded.references())
        .containsExactly(
            IntStream.rangeClosed(1, 8)
                .mapToObj(i -> reference(i))
                .toArray(dev.deed.lineage.Reference[]::new));
    List<?> back = (List<?>) Objects.requireNonNull(VALUES.decode(encoded.payload().bytes(), HOOK));
    assertThat(back.get(0)).isEqualTo(ref(1));
    assertThat(((Map<?, ?>) back.get(1)).get("k")).isEqualTo(ref(2));
    assertThat(((Object[]) back.get(2))[0]).isEqualTo(ref(3));
    assertThat(back.get(3)).isEqualTo(new Holder(ref(4)));
    assertThat(back.get(4)).isEqualTo(box);
  }

  private static Task1<Integer, Object> captureOf(Ref<?> ref) {
    return number -> number + ":" + ref.reference();
  }

  @Test
  void lambdasInsideValuesTravel() throws Exception {
    int addend = 5;
    Task1<Integer, Integer> inner = number -> number + addend;
    Task1<Integer, Integer> outer = number -> inner.run(number) * 2;
    Holder back = roundTrip(new Holder(outer), Holder.class);
    @SuppressWarnings("unchecked")
    Task1<Integer, Integer> function = (Task1<Integer, Integer>) back.held();
    assertThat(function.run(1)).isEqualTo(12);
  }

  @Test
  void aRootReferenceIsOneReference() {
    assertThat(VALUES.encode(ref(3), HOOK).references()).containsExactly(reference(3));
  }

  @Test
  void anArrayIsItsBytesAndAHead() {
    assertThat(VALUES.encode(new byte[1000], HOOK).size()).isEqualTo(1003);
    assertThat(VALUES.encode(new double[10], HOOK).size()).isEqualTo(82);
    assertThat(VALUES.encode(7, HOOK).size()).isEqualTo(5);
  }

  @Test
  void encodingIntoAWriterAppends() {
    WireWriter out = new WireWriter(16);
    out.writeByte(77);
    VALUES.encodeTo(new int[] {1, 2}, HOOK, out);
    assertThat((int[]) VALUES.decode(out.array(), 1, out.length() - 1, HOOK)).containsExactly(1, 2);
    int before = out.length();
    assertThatThrownBy(() ->
            VALUES.encodeTo(new Holder(new Object() {}.getClass().getClassLoader()), HOOK, out))
        .isInstanceOf(NotEncodableException.class);
    assertThat(out.length()).isEqualTo(before);
  }

  @Test
  void whatCanNotBeSentIsNamedWithItsPath() {
    try (Socket socket = new Socket()) {
      assertRefused(
          new Order(1, new Customer("c", socket)),
          "Samples.Order.customer.socket (java.net.Socket)");
      assertRefused(
          List.of(1, 2, 3, new Customer("c", socket)), "list[3].socket (java.net.Socket)");
      assertRefused(Map.of("k", new Object[] {socket}), "map[k][0] (java.net.Socket)");
      assertRefused(Optional.of(socket), "Optional.value (java.net.Socket)");
      assertRefused(socket, "Socket (java.net.Socket)");
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(Object value, String path) {
    assertThatThrownBy(() -> VALUES.encode(value, HOOK))
        .isInstanceOf(NotEncodableException.class)
        .hasMessageContaining(path + " can't be sent")
        .hasMessageContaining("Leave it out of the value");
  }

  @Test
  void dangerousClassesAreRefused() {
    Object proxy =
        Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Runnable.class}, (_, _, _) -> null);
    assertRefused(
        new Holder(proxy), "Samples.Holder.held (" + proxy.getClass().getTypeName() + ")");
    assertRefused(new Holder(new Streamed()), "Streamed)");
    assertRefused(new Holder(new External()), "External)");
    assertRefused(new Holder(new ByteArrayInputStream(new byte[1])), "ByteArrayInputStream)");
    assertRefused(new Holder(Thread.currentThread()), "java.lang.Thread)");
    assertRefused(new Holder(getClass().getClassLoader()), "ClassLoader)");
    Runnable plain = () -> {};
    assertRefused(
        new Holder(plain), "Samples.Holder.held (" + plain.getClass().getTypeName() + ")");
  }

  static final class Streamed implements Serializable {
    private static final long serialVersionUID = 1L;
    int field;

    private void writeObject(ObjectOutputStream out) {}
  }

  /// Has its own form as bytes.
  public static final class External implements Externalizable {
    private static final long serialVersionUID = 1L;

    @Override
    public void writeExternal(ObjectOutput out) {}

    @Override
    public void readExternal(ObjectInput in) {}
  }

  @Test
  void aClassThatTheReceiverLacksIsNamed() {
    byte[] bytes = VALUES.encode(new Holder(new Point(1, 2)), HOOK).payload().bytes();
    ValueCodec other = new ValueCodec(ClassLoader.getPlatformClassLoader(), _ -> false);
    assertThatThrownBy(() -> other.decode(bytes, HOOK))
        .isInstanceOf(NotDecodableException.class)
        .hasMessageContaining("Samples$Holder");
  }

  @Test
  void leftOverBytesAreRefused() {
    for (Object value : List.of(1, "text", new int[] {1}, new Point(1, 2))) {
      byte[] bytes = VALUES.encode(value, HOOK).payload().bytes();
      assertThatThrownBy(() -> VALUES.decode(Arrays.copyOf(bytes, bytes.length + 1), HOOK))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void aValueThatIsNestedTooDeepIsRefusedByTheEncoderOrTheDecoder() {
    Node top = new Node("top");
    Node last = top;
    for (int i = 0; i < 1_000_000; i++) {
      last.next = new Node("n");
      last = last.next;
    }
    assertThatThrownBy(() -> VALUES.encode(top, HOOK))
        .isInstanceOf(NotEncodableException.class)
        .hasMessageContaining("objects deep");
  }

  @Test
  void theDecoderBoundsTheNesting() {
    Node top = new Node("top");
    Node last = top;
    for (int i = 0; i < 2 * ForySession.MAX_DEPTH; i++) {
      last.next = new Node("n");
      last = last.next;
    }
    byte[] bytes = VALUES.encode(top, HOOK).payload().bytes();
    assertThatThrownBy(() -> VALUES.decode(bytes, HOOK))
        .isInstanceOf(NotDecodableException.class)
        .hasMessageContaining("objects deep");
  }

  @Test
  void aFingerprintChangesWithTheValue() {
    List<Integer> list = new ArrayList<>(List.of(1, 2));
    long before = VALUES.fingerprint(list, HOOK);
    assertThat(VALUES.fingerprint(list, HOOK)).isEqualTo(before);
    list.set(0, 9);
    assertThat(VALUES.fingerprint(list, HOOK)).isNotEqualTo(before);
  }
}
