package dev.deed.ownership.heirs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.ownership.CodecCase;
import dev.deed.ownership.MessageSamples;
import dev.deed.ownership.heirs.Beyond.Change;
import dev.deed.ownership.heirs.HeirMessage.Declined;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// What goes between a server, its heirs and a successor.
class HeirCodecProperties {
  private static final EstateId ESTATE = new EstateId(new WorkerId(3, 4));

  private static Arbitrary<Long> numbers() {
    return Arbitraries.longs().between(1, Long.MAX_VALUE);
  }

  private static Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(60);
  }

  private static Arbitrary<HeirMessage> messages() {
    Arbitrary<EstateId> estates = MessageSamples.workers().map(EstateId::new);
    Arbitrary<Boolean> flags = Arbitraries.of(true, false);
    Arbitrary<HeirMessage> parts =
        Combinators.combine(
                estates, numbers(), numbers(), numbers(), numbers(), numbers(), flags, bytes())
            .as((estate, epoch, feed, sequence, one, other, complete, records) ->
                new Part(
                    estate,
                    epoch,
                    feed,
                    sequence,
                    Math.max(one, other),
                    Math.min(one, other) - 1,
                    complete,
                    records));
    return Arbitraries.oneOf(
        parts,
        Combinators.combine(estates, numbers(), numbers(), MessageSamples.naturals(), flags)
            .as(Received::new),
        Combinators.combine(estates, numbers(), numbers()).as(Declined::new));
  }

  private static Arbitrary<Beyond> beyonds() {
    Arbitrary<Change> changes =
        Combinators.combine(numbers(), bytes().injectNull(0.3)).as(Change::new);
    return Combinators.combine(
            MessageSamples.naturals(),
            MessageSamples.naturals(),
            Arbitraries.of(true, false),
            changes.list().ofMaxSize(5))
        .as(Beyond::new);
  }

  @Provide
  Arbitrary<CodecCase<?>> cases() {
    return Arbitraries.oneOf(
        messages().map(value -> new CodecCase<>(value, HeirCodec::write, HeirCodec::read)),
        beyonds().map(value -> new CodecCase<>(value, Beyond::write, Beyond::read)));
  }

  @Property
  void whatWasWrittenIsReadAgain(@ForAll("cases") CodecCase<?> one) {
    one.assertRoundTrip();
  }

  @Property
  void whatWasCutIsRefused(
      @ForAll("cases") CodecCase<?> one, @ForAll @IntRange(max = 999) int where) {
    one.assertCutIsRefused(where);
  }

  @Property
  void whatWasDamagedIsRefusedOrReadInBoundedMemory(
      @ForAll("cases") CodecCase<?> one, @ForAll @Size(min = 1, max = 4) int[] flips) {
    one.assertDamageIsHarmless(flips);
  }

  @Property
  void anyBytesAreRefusedOrReadInBoundedMemory(
      @ForAll("cases") CodecCase<?> one, @ForAll @Size(max = 200) byte[] bytes) {
    one.assertHarmless(bytes);
  }

  @Example
  void whatIsOutOfBoundsIsRefused() {
    List<HeirMessage> bad =
        List.of(
            new Part(ESTATE, 0, 1, 1, 1, 0, true, new byte[0]),
            new Part(ESTATE, 1, 0, 1, 1, 0, true, new byte[0]),
            new Part(ESTATE, 1, 1, 0, 1, 0, true, new byte[0]),
            new Part(ESTATE, 1, 1, 1, 0, 0, true, new byte[0]),
            new Part(ESTATE, 1, 1, 1, 4, 5, true, new byte[0]),
            new Received(ESTATE, 0, 1, 1, true),
            new Declined(ESTATE, 1, 0));
    for (HeirMessage message : bad) {
      byte[] bytes = HeirCodec.write(message);
      assertThatThrownBy(() -> HeirCodec.read(bytes)).isInstanceOf(MalformedException.class);
    }
    byte[] longer = new byte[60];
    byte[] declined = HeirCodec.write(new Declined(ESTATE, 1, 1));
    System.arraycopy(declined, 0, longer, 0, declined.length);
    assertThatThrownBy(() -> HeirCodec.read(longer)).isInstanceOf(MalformedException.class);
  }

  @Example
  void differentMessagesAreNotEqual() {
    Part part = new Part(ESTATE, 1, 2, 3, 4, 4, true, new byte[] {1});
    assertThat(part)
        .isEqualTo(new Part(ESTATE, 1, 2, 3, 4, 4, true, new byte[] {1}))
        .hasSameHashCodeAs(new Part(ESTATE, 1, 2, 3, 4, 4, true, new byte[] {1}))
        .isNotEqualTo(new Part(ESTATE, 1, 2, 3, 4, 4, true, new byte[] {2}))
        .isNotEqualTo(new Part(ESTATE, 1, 2, 3, 4, 4, false, new byte[] {1}))
        .isNotEqualTo(new Part(ESTATE, 1, 2, 3, 4, 3, true, new byte[] {1}));
    assertThat(part.toString()).contains("batch 4 complete").contains("1 bytes");
    assertThat(new Change(1, null)).isNotEqualTo(new Change(1, new byte[0]));
    assertThat(new Change(1, null).toString()).isEqualTo("1 gone");
  }
}
