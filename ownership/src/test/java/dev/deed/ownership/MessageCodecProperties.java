package dev.deed.ownership;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// The binary form of messages and log entries: what was written is read again; what was cut or
/// damaged is refused with a typed exception, or read as something else, in bounded memory.
final class MessageCodecProperties {

  @Provide
  Arbitrary<CodecCase<?>> cases() {
    return Arbitraries.oneOf(
        MessageSamples.messages()
            .map(m -> new CodecCase<>(m, MessageCodec::write, MessageCodec::read)),
        MessageSamples.messages()
            .map(m -> new CodecCase<>(m, MessageCodec::write, MessageCodec::read)),
        MessageSamples.members().map(m -> new CodecCase<>(m, Member::write, Member::read)),
        MessageSamples.entries().map(e -> new CodecCase<>(e, Entry::write, Entry::read)));
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
}
