package dev.deed.lineage;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Arbitrary values of this module's types, within the bounds that their documentation gives.
final class Samples {
  private Samples() {}

  static Arbitrary<TaskId> taskIds() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(TaskId::new);
  }

  static Arbitrary<WorkerId> workerIds() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(WorkerId::new);
  }

  static Arbitrary<ObjectId> objectIds() {
    return Combinators.combine(taskIds(), naturals()).as(ObjectId::new);
  }

  static Arbitrary<Reference> references() {
    return Combinators.combine(objectIds(), workerIds().map(EstateId::new)).as(Reference::new);
  }

  static Arbitrary<List<Reference>> someReferences() {
    return references().list().ofMaxSize(4);
  }

  static Arbitrary<Integer> naturals() {
    return Arbitraries.integers().between(0, Integer.MAX_VALUE);
  }

  static Arbitrary<Long> lengths() {
    return Arbitraries.longs().between(0, Long.MAX_VALUE);
  }

  static Arbitrary<String> texts() {
    return Arbitraries.strings().withCharRange('\0', '\ud7ff').ofMaxLength(12);
  }

  static Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
  }

  static Arbitrary<Value> values() {
    return Combinators.combine(bytes().map(Payload::of), someReferences()).as(Value::new);
  }

  static Arbitrary<StoredValue> storedValues() {
    return Combinators.combine(
            naturals(), workerIds(), lengths(), Arbitraries.longs(), someReferences())
        .as(StoredValue::new);
  }

  static Arbitrary<Demand> demands() {
    return Arbitraries.maps(texts(), Arbitraries.doubles().between(0, Double.MAX_VALUE))
        .ofMaxSize(4)
        .map(Demand::of);
  }

  static Arbitrary<Placement> placements() {
    return Arbitraries.oneOf(
        Arbitraries.of(new Placement.Anywhere(), new Placement.Spread()),
        workerIds().map(Placement.OnWorker::new),
        someReferences().map(Placement.Near::new));
  }

  static Arbitrary<Argument> arguments() {
    return Arbitraries.oneOf(
        references().map(Argument.Pending::new),
        Combinators.combine(references(), values()).as(Argument.Inline::new),
        Combinators.combine(references(), storedValues(), workerIds().list().ofMaxSize(3))
            .as(Argument.Stored::new));
  }

  private static Arbitrary<TaskSpec.Terms> terms() {
    return Arbitraries.oneOf(
        Arbitraries.just(TaskSpec.Terms.DEFAULT),
        Combinators.combine(
                demands(), naturals(), texts().list().ofMaxSize(3), lengths(), placements())
            .as(TaskSpec.Terms::new));
  }

  static Arbitrary<TaskSpec> specs() {
    Arbitrary<TaskSpec.Origin> origins =
        Combinators.combine(texts(), texts()).as(TaskSpec.Origin::new);
    return Combinators.combine(
            Combinators.combine(taskIds(), naturals(), taskIds()).as(Call::new),
            bytes().map(Payload::of),
            someReferences(),
            arguments().list().ofMaxSize(3),
            Arbitraries.integers().between(1, TaskSpec.MAX_RETURNS),
            terms(),
            origins)
        .as((call, function, captured, arguments, returns, terms, origin) ->
            new TaskSpec(
                call.id,
                call.run,
                call.parent,
                function,
                captured,
                arguments,
                returns,
                terms,
                origin));
  }

  private record Call(TaskId id, int run, TaskId parent) {}
}
