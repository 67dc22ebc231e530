package dev.deed.ownership.membership;

import dev.deed.ownership.CodecCase;
import dev.deed.ownership.Entry;
import dev.deed.ownership.MessageSamples;
import dev.deed.ownership.membership.MembershipMessage.Entries;
import dev.deed.ownership.membership.MembershipMessage.IndexedEntry;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// The binary form of what workers say to each other about membership.
final class MembershipCodecProperties {

  private static Arbitrary<List<Contact>> contacts() {
    return Combinators.combine(
            MessageSamples.workers(),
            MessageSamples.texts(),
            Arbitraries.integers().between(0, 0xffff))
        .as(Contact::new)
        .list()
        .ofMaxSize(3);
  }

  /// Entries at indexes with gaps.
  private static Arbitrary<Entries> entries() {
    Arbitrary<List<Integer>> steps = Arbitraries.integers().between(1, 1_000).list().ofMaxSize(4);
    return Combinators.combine(
            Arbitraries.longs().between(1, 1L << 40),
            steps,
            MessageSamples.entries().list().ofSize(4),
            Arbitraries.integers().between(0, 1_000))
        .as((first, gaps, all, tail) -> {
          List<IndexedEntry> indexed = new ArrayList<>();
          long last = first - 1;
          for (int i = 0; i < gaps.size(); i++) {
            last += gaps.get(i);
            indexed.add(new IndexedEntry(last, all.get(i)));
          }
          return new Entries(first, Math.max(first, last + tail), List.copyOf(indexed));
        });
  }

  private static Arbitrary<MembershipMessage> messages() {
    Arbitrary<Long> number = MessageSamples.naturals();
    Arbitrary<String> text = MessageSamples.texts();
    Arbitrary<Entry> entry = MessageSamples.entries();
    return Arbitraries.oneOf(
        List.of(
            MessageSamples.members().map(MembershipMessage.JoinRequest::new),
            Combinators.combine(
                    Arbitraries.of(true, false),
                    text,
                    MessageSamples.workers().optional(),
                    contacts())
                .as(MembershipMessage.JoinAnswer::new),
            number.map(MembershipMessage.FollowRequest::new),
            entries(),
            number.map(MembershipMessage.Followed::new),
            number.map(MembershipMessage.Fence::new),
            Combinators.combine(number, entry).as(MembershipMessage.Propose::new),
            Combinators.combine(number, number, text).as(MembershipMessage.ProposeAnswer::new),
            Combinators.combine(number, number).as(MembershipMessage.LeaseRenewal::new),
            Combinators.combine(number, number).as(MembershipMessage.LeaseGranted::new),
            MessageSamples.workers().map(MembershipMessage.ProbeDeath::new),
            Combinators.combine(MessageSamples.workers(), text)
                .as(MembershipMessage.ProofOfDeath::new),
            MessageSamples.workers().optional().map(MembershipMessage.LeaderHint::new),
            contacts().map(MembershipMessage.VoterCall::new),
            Arbitraries.just(new MembershipMessage.VoterReady())));
  }

  @Provide
  Arbitrary<CodecCase<MembershipMessage>> cases() {
    return messages().map(m -> new CodecCase<>(m, MembershipCodec::write, MembershipCodec::read));
  }

  @Property
  void whatWasWrittenIsReadAgain(@ForAll("cases") CodecCase<MembershipMessage> one) {
    one.assertRoundTrip();
  }

  @Property
  void whatWasCutIsRefused(
      @ForAll("cases") CodecCase<MembershipMessage> one, @ForAll @IntRange(max = 999) int where) {
    one.assertCutIsRefused(where);
  }

  @Property
  void whatWasDamagedIsRefusedOrReadInBoundedMemory(
      @ForAll("cases") CodecCase<MembershipMessage> one,
      @ForAll @Size(min = 1, max = 4) int[] flips) {
    one.assertDamageIsHarmless(flips);
  }

  @Property
  void anyBytesAreRefusedOrReadInBoundedMemory(
      @ForAll("cases") CodecCase<MembershipMessage> one, @ForAll @Size(max = 200) byte[] bytes) {
    one.assertHarmless(bytes);
  }
}
