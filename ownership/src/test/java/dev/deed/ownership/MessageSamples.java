package dev.deed.ownership;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Message.EstateMessage;
import dev.deed.ownership.heirs.Beyond;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/// Arbitrary messages and log entries, within the bounds that their documentation gives.
public final class MessageSamples {
  private MessageSamples() {}

  public static Arbitrary<WorkerId> workers() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(WorkerId::new);
  }

  private static Arbitrary<EstateId> estates() {
    return workers().map(EstateId::new);
  }

  public static Arbitrary<TaskId> tasks() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(TaskId::new);
  }

  public static Arbitrary<ObjectId> objects() {
    return Combinators.combine(tasks(), small()).as(ObjectId::new);
  }

  public static Arbitrary<Reference> references() {
    return Combinators.combine(objects(), estates()).as(Reference::new);
  }

  private static Arbitrary<Integer> small() {
    return Arbitraries.integers().between(0, Integer.MAX_VALUE);
  }

  public static Arbitrary<Long> naturals() {
    return Arbitraries.longs().between(0, Long.MAX_VALUE);
  }

  public static Arbitrary<String> texts() {
    return Arbitraries.strings().withCharRange('\0', '\ud7ff').ofMaxLength(20);
  }

  private static Arbitrary<Payload> payloads() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Payload::of);
  }

  private static Arbitrary<List<Reference>> someReferences() {
    return references().list().ofMaxSize(3);
  }

  private static Arbitrary<Value> values() {
    return Combinators.combine(payloads(), someReferences()).as(Value::new);
  }

  private static Arbitrary<StoredValue> storedValues() {
    return Combinators.combine(
            small(), workers(), naturals(), Arbitraries.longs(), someReferences())
        .as(StoredValue::new);
  }

  private static Arbitrary<Demand> demands() {
    return Arbitraries.oneOf(
        Arbitraries.of(Demand.NONE, Demand.ONE_CPU),
        Arbitraries.doubles().between(0, 1e9).map(gpus -> Demand.of(Map.of("gpu", gpus))));
  }

  private static Arbitrary<CopyName> copies() {
    return Combinators.combine(references(), small(), workers()).as(CopyName::new);
  }

  /// Chains of up to three.
  private static Arbitrary<Failure> failures() {
    Arbitrary<Failure> one =
        Combinators.combine(Arbitraries.of(Failure.Kind.class), texts(), payloads().injectNull(0.7))
            .as((kind, text, exception) -> new Failure(kind, text, exception, null));
    return one.list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(chain -> {
          Failure failure = chain.getLast();
          for (Failure next : chain.reversed().subList(1, chain.size())) {
            failure = new Failure(next.kind(), next.message(), next.exception(), failure);
          }
          return failure;
        });
  }

  public static Arbitrary<Outcome> outcomes() {
    return Arbitraries.oneOf(
        values().map(Outcome.Inline::new),
        Combinators.combine(storedValues(), workers().list().ofMaxSize(3)).as(Outcome.Stored::new),
        failures().map(Outcome.Failed::new));
  }

  private static Arbitrary<TaskOutcome> ends() {
    return Arbitraries.oneOf(
        outcomes().list().ofMaxSize(3).map(TaskOutcome.Returned::new),
        Combinators.combine(failures(), Arbitraries.of(true, false)).as(TaskOutcome.Threw::new),
        Arbitraries.of(new TaskOutcome.Cancelled(), new TaskOutcome.Diverged()));
  }

  public static Arbitrary<TaskSpec> specs() {
    Arbitrary<Argument> arguments =
        Arbitraries.oneOf(
            references().map(Argument.Pending::new),
            Combinators.combine(references(), values()).as(Argument.Inline::new),
            Combinators.combine(references(), storedValues(), workers().list().ofMaxSize(2))
                .as(Argument.Stored::new));
    Arbitrary<TaskSpec.Terms> terms =
        Combinators.combine(
                demands(),
                small(),
                texts().list().ofMaxSize(2),
                naturals(),
                Arbitraries.of(Keeping.class))
            .as((demand, retries, retryOn, timeout, keeping) ->
                new TaskSpec.Terms(
                    demand, retries, retryOn, timeout, new Placement.Spread(), keeping));
    return Combinators.combine(
            tasks(),
            small(),
            tasks(),
            payloads(),
            someReferences(),
            arguments.list().ofMaxSize(2),
            terms,
            texts())
        .as((id, run, parent, function, captured, joined, ask, name) ->
            new TaskSpec(
                id,
                run,
                parent,
                function,
                captured,
                joined,
                1 + run % 5,
                ask,
                new TaskSpec.Origin(name, "site")));
  }

  private static Arbitrary<List<Message.Kept>> kept() {
    return Combinators.combine(objects(), Arbitraries.of(Hold.class))
        .as(Message.Kept::new)
        .list()
        .ofMaxSize(3);
  }

  private static Arbitrary<EstateMessage> estateMessages() {
    Arbitrary<Boolean> either = Arbitraries.of(true, false);
    return Arbitraries.oneOf(
        Combinators.combine(objects(), Arbitraries.of(Hold.class))
            .as(EstateMessage.Registration::new),
        Combinators.combine(naturals(), kept()).as(EstateMessage.ReleaseKeeping::new),
        Combinators.combine(objects(), storedValues(), either).as(EstateMessage.Located::new),
        Combinators.combine(objects(), small(), workers()).as(EstateMessage.Unlocated::new),
        Combinators.combine(objects(), Arbitraries.of(CancelMode.class), either)
            .as(EstateMessage.CancelObject::new),
        Combinators.combine(naturals(), tasks(), small(), ends(), naturals(), kept(), naturals())
            .as(EstateMessage.TaskReply::new),
        Combinators.combine(tasks(), estates()).as(EstateMessage.Unsettled::new),
        tasks().map(EstateMessage.Settled::new),
        Combinators.combine(tasks(), estates()).as(EstateMessage.Settling::new),
        Combinators.combine(naturals(), specs()).as(EstateMessage.Call::new),
        Combinators.combine(objects(), small(), workers(), either).as(EstateMessage.Declined::new),
        Combinators.combine(naturals(), objects(), tasks(), outcomes(), texts(), small())
            .as((number, object, parent, outcome, name, copies) ->
                new EstateMessage.PutValue(
                    number,
                    object,
                    parent,
                    outcome,
                    new TaskSpec.Origin(name, "site"),
                    1 + copies)));
  }

  private static Arbitrary<Message.RollCall> rollCalls() {
    Arbitrary<Message.RollCall.AtWork> tasks =
        Combinators.combine(tasks(), small()).as(Message.RollCall.AtWork::new);
    Arbitrary<Message.RollCall.Copy> copies =
        Combinators.combine(objects(), storedValues(), Arbitraries.of(true, false))
            .as(Message.RollCall.Copy::new);
    Arbitrary<Beyond> beyond =
        Combinators.combine(naturals(), naturals(), payloads())
            .as((epoch, batch, record) ->
                new Beyond(
                    epoch,
                    batch,
                    batch % 2 == 0,
                    List.of(
                        new Beyond.Change(3, record.bytes()),
                        new Beyond.Change(4 + epoch / 2, null))));
    return Combinators.combine(
            estates(),
            naturals(),
            tasks.list().ofMaxSize(3),
            copies.list().ofMaxSize(3),
            naturals().list().ofMaxSize(3),
            beyond)
        .as(Message.RollCall::new);
  }

  /// Messages of all kinds.
  public static Arbitrary<Message> messages() {
    Arbitrary<Boolean> either = Arbitraries.of(true, false);
    return Arbitraries.oneOf(
        List.of(
            Combinators.combine(naturals(), demands(), small()).as(Message.LeaseRequest::new),
            Combinators.combine(naturals(), small()).as(Message.LeaseGrant::new),
            Combinators.combine(naturals(), either).as(Message.LeaseDenied::new),
            Combinators.combine(naturals(), small()).as(Message.LeaseBlocked::new),
            naturals().map(Message.LeaseReturn::new),
            Combinators.combine(naturals(), naturals(), estates(), small(), specs(), estates())
                .as(Message.TaskPush::new),
            Combinators.combine(
                    estates(), tasks(), small(), Arbitraries.of(CancelMode.class), either)
                .as(Message.TaskCancel::new),
            Combinators.combine(estates(), naturals(), estateMessages()).as(Message.ToEstate::new),
            Combinators.combine(estates(), naturals()).as(Message.EstateAck::new),
            Combinators.combine(naturals(), references(), copies().injectNull(0.5))
                .as(Message.ValueRequest::new),
            Combinators.combine(naturals(), references(), outcomes()).as(Message.ValueAnswer::new),
            rollCalls(),
            Combinators.combine(estates(), texts()).as(Message.MainDiffers::new),
            copies().map(Message.PinCopy::new),
            Combinators.combine(references(), storedValues(), workers().list().ofMaxSize(3))
                .as(Message.MakeCopy::new),
            copies().map(Message.FreeCopy::new)));
  }

  public static Arbitrary<Member> members() {
    return Combinators.combine(
            workers(),
            texts(),
            texts(),
            Arbitraries.integers().between(1, 0xffff),
            naturals(),
            Arbitraries.of(true, false),
            demands())
        .as(Member::new);
  }

  private static Arbitrary<List<Entry.Heir>> heirs() {
    return Combinators.combine(workers(), Arbitraries.of(true, false))
        .as(Entry.Heir::new)
        .list()
        .ofMaxSize(Entry.Heirs.MAX);
  }

  /// Entries of all kinds.
  public static Arbitrary<Entry> entries() {
    return Arbitraries.oneOf(
        members().map(Entry.Join::new),
        Combinators.combine(workers(), Arbitraries.of(true, false), texts()).as(Entry.Death::new),
        Combinators.combine(workers(), naturals()).as(Entry.Answer::new),
        Arbitraries.just(new Entry.Mark()),
        workers().list().ofMaxSize(3).map(Entry.Voters::new),
        Combinators.combine(estates(), naturals(), naturals(), heirs()).as(Entry.Heirs::new),
        Combinators.combine(estates(), naturals()).as(Entry.Close::new),
        Combinators.combine(texts(), workers(), tasks()).as(Entry.JobBegun::new),
        Combinators.combine(texts(), workers()).as(Entry.JobResumed::new),
        Combinators.combine(texts(), estates(), workers()).as(Entry.JobEnded::new),
        Combinators.combine(
                estates(), naturals(), workers(), workers().list().ofMaxSize(4), namedJobs())
            .as(Entry.Refounded::new));
  }

  private static Arbitrary<Entry.Refounded.@Nullable Named> namedJobs() {
    return Combinators.combine(texts(), tasks()).as(Entry.Refounded.Named::new).injectNull(0.3);
  }
}
