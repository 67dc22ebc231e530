package dev.deed.transport.value;

import static dev.deed.transport.value.Samples.HOOK;
import static dev.deed.transport.value.Samples.VALUES;
import static dev.deed.transport.value.Samples.roundTrip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Reference;
import dev.deed.lineage.Value;
import dev.deed.transport.value.Samples.Holder;
import dev.deed.transport.value.Samples.Point;
import dev.deed.transport.value.Samples.Ref;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ValueCodecProperties {

  @Provide
  Arbitrary<Object> graphs() {
    Arbitrary<Object> leaves =
        Arbitraries.oneOf(
            Arbitraries.integers().asGeneric(),
            Arbitraries.longs().asGeneric(),
            Arbitraries.doubles().asGeneric(),
            Arbitraries.strings().ofMaxLength(20).asGeneric(),
            Arbitraries.chars().asGeneric(),
            Arbitraries.longs().between(0, 5).map(Samples::ref),
            Arbitraries.integers().map(i -> new Point(i, -i)),
            Arbitraries.longs().between(-1L << 35, 1L << 35).map(Instant::ofEpochSecond));
    return Arbitraries.recursive(() -> leaves, ValueCodecProperties::wrapped, 0, 4);
  }

  private static Arbitrary<Object> wrapped(Arbitrary<Object> inner) {
    return Arbitraries.oneOf(
        inner.map(Holder::new),
        inner.map(Optional::of),
        inner.list().ofMaxSize(4).asGeneric(),
        inner.list().ofMaxSize(4).map(List::copyOf),
        inner.set().ofMaxSize(3).asGeneric(),
        inner
            .list()
            .ofMaxSize(3)
            .map(list -> list.toArray())
            .map(array -> new Holder(List.of(array))),
        Arbitraries.maps(Arbitraries.strings().ofMaxLength(3), inner).ofMaxSize(3).asGeneric(),
        inner);
  }

  @Property(tries = 500)
  void graphsComeBackEqual(@ForAll("graphs") Object value) {
    assertThat(roundTrip(value)).isEqualTo(value);
  }

  @Property(tries = 500)
  void allReferencesInsideAreCollectedOnce(@ForAll("graphs") Object value) {
    Value encoded = VALUES.encode(value, HOOK);
    Set<Reference> expected = new LinkedHashSet<>();
    collect(value, expected);
    assertThat(encoded.references()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Property(tries = 500)
  void whatIsImmutableHasAConstantFingerprint(@ForAll("graphs") Object value) {
    assertThat(VALUES.fingerprint(value, HOOK)).isEqualTo(VALUES.fingerprint(value, HOOK));
  }

  @Property(tries = 200)
  void primitiveArraysComeBackEqual(
      @ForAll int[] ints, @ForAll long[] longs, @ForAll double[] doubles, @ForAll short[] shorts) {
    List<Object> arrays = new ArrayList<>(List.of(ints, longs, doubles, shorts));
    for (Object array : arrays) {
      assertThat(roundTrip(array)).isEqualTo(array);
    }
  }

  private static void collect(Object value, Set<Reference> into) {
    switch (value) {
      case Ref<?> ref -> into.add(ref.reference());
      case Holder(Object held) -> collect(held, into);
      case Optional<?> optional -> optional.ifPresent(inner -> collect(inner, into));
      case Iterable<?> elements -> elements.forEach(inner -> collect(inner, into));
      case Map<?, ?> map -> map.values().forEach(inner -> collect(inner, into));
      default -> {}
    }
  }
}
