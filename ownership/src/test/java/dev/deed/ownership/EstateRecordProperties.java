package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/// The records of an estate, as its heirs keep them.
class EstateRecordProperties {

  private static Arbitrary<EstateRecord.ObjectState> objects() {
    Arbitrary<Outcome> outcomes = MessageSamples.outcomes();
    return Combinators.combine(
            outcomes.injectNull(0.3),
            Arbitraries.longs(),
            Arbitraries.maps(MessageSamples.workers(), Arbitraries.of(Hold.LINEAGE, Hold.VALUE))
                .ofMaxSize(3))
        .as((outcome, digest, holders) ->
            new EstateRecord.ObjectState(stateOf(outcome), outcome, digest, holders));
  }

  private static ObjectRecord.State stateOf(@Nullable Outcome outcome) {
    return switch (outcome) {
      case null -> ObjectRecord.State.RELEASED;
      case Outcome.Inline _ -> ObjectRecord.State.INLINE;
      case Outcome.Stored _ -> ObjectRecord.State.STORED;
      case Outcome.Failed _ -> ObjectRecord.State.FAILED;
    };
  }

  private static Arbitrary<EstateRecord.Progress> progress() {
    Arbitrary<Boolean> flags = Arbitraries.of(true, false);
    Arbitrary<Integer> small = Arbitraries.integers().between(0, 1000);
    Arbitrary<EstateRecord.Result> results =
        Combinators.combine(small, objects()).as(EstateRecord.Result::new);
    return Combinators.combine(
            Arbitraries.of(TaskRecord.State.class),
            small,
            Combinators.combine(flags, flags)
                .as((retained, evicted) -> new boolean[] {retained, evicted}),
            Arbitraries.longs().greaterOrEqual(0),
            MessageSamples.workers().injectNull(0.5),
            MessageSamples.workers().map(EstateId::new).injectNull(0.3),
            results.list().ofMaxSize(3))
        .as((state, number, flag, time, executor, home, list) ->
            new EstateRecord.Progress(
                state,
                number,
                number / 2,
                time,
                flag[0],
                flag[1],
                executor,
                home,
                number % 3 == 0 ? new TaskId(number, time) : null,
                list));
  }

  private static Arbitrary<EstateRecord> records() {
    return Arbitraries.oneOf(
        MessageSamples.specs().map(EstateRecord.Specification::new),
        progress(),
        Combinators.combine(
                MessageSamples.tasks(), MessageSamples.tasks(), MessageSamples.texts(), progress())
            .as((id, parent, name, progress) ->
                new EstateRecord.Ended(
                    id,
                    parent,
                    new TaskSpec.Origin(name, "Main.java:4"),
                    progress.retriesLeft(),
                    1 + progress.attempt(),
                    progress.durationNs(),
                    progress)),
        Combinators.combine(MessageSamples.objects(), objects())
            .as((id, state) ->
                new EstateRecord.Put(
                    id,
                    id.index() % 2 == 0 ? id.task() : null,
                    new TaskSpec.Origin("put", "Main.java:3"),
                    state,
                    1 + id.index() % 3,
                    id.index() % 2 == 0)),
        Combinators.combine(MessageSamples.tasks(), MessageSamples.workers())
            .as((parent, owner) -> new EstateRecord.Kept(parent, new EstateId(owner))),
        Combinators.combine(
                MessageSamples.workers(),
                Arbitraries.longs().greaterOrEqual(1),
                MessageSamples.references().list().ofMaxSize(3))
            .as(EstateRecord.Given::new),
        Combinators.combine(MessageSamples.workers(), Arbitraries.longs().greaterOrEqual(1))
            .as(EstateRecord.Applied::new));
  }

  @Provide
  Arbitrary<CodecCase<EstateRecord>> cases() {
    return records()
        .map(record -> new CodecCase<>(record, EstateRecord::write, EstateRecord::read));
  }

  @Property
  void whatWasWrittenIsReadAgain(@ForAll("cases") CodecCase<EstateRecord> one) {
    one.assertRoundTrip();
  }

  @Property
  void whatWasCutIsRefused(
      @ForAll("cases") CodecCase<EstateRecord> one, @ForAll @IntRange(max = 999) int where) {
    one.assertCutIsRefused(where);
  }

  @Property
  void whatWasDamagedIsRefusedOrReadInBoundedMemory(
      @ForAll("cases") CodecCase<EstateRecord> one, @ForAll @Size(min = 1, max = 4) int[] flips) {
    one.assertDamageIsHarmless(flips);
  }

  @Property
  void anyBytesAreRefusedOrReadInBoundedMemory(
      @ForAll("cases") CodecCase<EstateRecord> one, @ForAll @Size(max = 200) byte[] bytes) {
    one.assertHarmless(bytes);
  }
}
