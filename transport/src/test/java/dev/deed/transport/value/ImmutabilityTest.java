package dev.deed.transport.value;

import static dev.deed.transport.value.Samples.VALUES;
import static dev.deed.transport.value.Samples.ref;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.transport.value.Samples.Circle;
import dev.deed.transport.value.Samples.Color;
import dev.deed.transport.value.Samples.Holder;
import dev.deed.transport.value.Samples.Named;
import dev.deed.transport.value.Samples.Node;
import dev.deed.transport.value.Samples.Point;
import dev.deed.transport.value.Samples.Ref;
import dev.deed.transport.value.Samples.Square;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ImmutabilityTest {
  private final Immutability immutability = VALUES.immutability();

  /// Not a value, though it looks like one.
  static final class Sneaky extends BigDecimal {
    private static final long serialVersionUID = 1L;
    int changing;

    Sneaky() {
      super(1);
    }
  }

  record WithArray(int[] values) {}

  record WithList(List<Point> points, Instant at) {}

  @Test
  void valuesAndWhatIsMadeOfThemMayBeShared() {
    for (Object value :
        List.of(
            1,
            "x",
            Color.GREEN,
            Instant.EPOCH,
            new BigDecimal("1"),
            new Point(1, 2),
            new Square(1, new Circle(2)),
            new Named("n", new Point(1, 2), List.of(1), Map.of("a", 1.0)),
            List.of(new Point(1, 2)),
            Stream.of("a", "b").toList(),
            Set.of(1, 2),
            Optional.of("x"),
            ref(1),
            new Holder(ref(2)))) {
      assertThat(immutability.isDeeplyImmutable(value)).as("%s", value).isTrue();
    }
    assertThat(immutability.isDeeplyImmutable((Object) null)).isTrue();
  }

  @Test
  void whatSomebodyCouldChangeIsCopied() {
    for (Object value :
        List.of(
            new int[1],
            new Object[0],
            new ArrayList<>(),
            Collections.unmodifiableList(new ArrayList<>()),
            new BitSet(),
            new Node("n"),
            new Holder(new Node("n")),
            new Holder(new ArrayList<>()),
            List.of(new int[1]),
            Optional.of(new BitSet()),
            new WithArray(new int[1]),
            new WithList(new ArrayList<>(), Instant.EPOCH),
            new Sneaky(),
            new IllegalStateException())) {
      assertThat(immutability.isDeeplyImmutable(value)).as("%s", value).isFalse();
    }
  }

  @Test
  void aClassIsImmutableIfAllItsObjectsAre() {
    assertThat(immutability.isDeeplyImmutable(int.class)).isTrue();
    assertThat(immutability.isDeeplyImmutable(Point.class)).isTrue();
    assertThat(immutability.isDeeplyImmutable(Ref.class)).isTrue();
    assertThat(immutability.isDeeplyImmutable(Holder.class)).isFalse();
    assertThat(immutability.isDeeplyImmutable(int[].class)).isFalse();
  }

  @Test
  void aValueNestedWithoutEndCountsAsMutable() {
    Object value = 1;
    for (int i = 0; i < 100_000; i++) {
      value = new Holder(value);
    }
    assertThat(immutability.isDeeplyImmutable(value)).isFalse();
  }
}
