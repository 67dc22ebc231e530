package dev.deed.faultinjection.explorer;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Hold;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.TaskOutcome;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells steps in the terms of the protocol.
final class Narrator {
  private final Cast cast;
  private final LogState.Table logs;

  Narrator(Cast cast, LogState.Table logs) {
    this.cast = cast;
    this.logs = logs;
  }

  /// What happens, and what is sent for it.
  ///
  /// @param before the state of the worker that it happens at; null when that does not matter
  /// @param step what its core does; null when it takes no part
  String tell(Move move, @Nullable LocalState before, LocalState.@Nullable Step step) {
    String line = cast.name(move.worker()) + " " + happens(move, before);
    if (step == null) {
      return line;
    }
    List<String> led = new ArrayList<>();
    for (Letter letter : step.sends()) {
      led.add("sends " + cast.name(letter.to()) + " " + message(letter.message()));
    }
    for (HeirLetter letter : step.replicas()) {
      led.add("sends " + cast.name(letter.to()) + " " + message(letter.message()));
    }
    for (int entry : step.proposals()) {
      led.add("proposes " + entry(logs.entry(entry)));
    }
    return led.isEmpty() ? line : line + ", " + String.join(", ", led);
  }

  private String happens(Move move, @Nullable LocalState before) {
    return switch (move.kind()) {
      case FOLLOW -> "follows " + entry(logs.entry(move.other()));
      case DELIVER ->
          "takes from "
              + cast.name(move.other())
              + (move.event() instanceof LocalEvent.Deliver(Letter letter)
                  ? " " + message(letter.message())
                  : "");
      case ACT ->
          move.event() instanceof LocalEvent.Act(String program)
              ? "runs " + program + acts(program, before)
              : "runs";
      case STOP ->
          "stops the cancelled "
              + (move.event() instanceof LocalEvent.Stop(String program) ? program : "");
      case COLLECT ->
          "drops the handle "
              + (move.event() instanceof LocalEvent.Collect(String handle) ? handle : "");
      case TICK -> "has waited long enough for handles to go";
      case WAIT -> "waits until something is due";
      case LEAVE -> "is sent the bytes of " + copy(move, before);
      case FETCHED -> "has the bytes of " + copy(move, before);
      case NOT_FETCHED -> "finds nobody with the bytes of " + copy(move, before);
      case TAKE -> "has its proposal in the log: " + entry(logs.entry(move.other()));
      case JOIN -> "is a member in the log";
      case CRASH -> "dies";
      case PAUSE -> "is declared dead while it is paused";
      case REPLICATE ->
          "takes from "
              + cast.name(move.other())
              + (move.event() instanceof LocalEvent.Replicate(HeirLetter letter)
                  ? " " + message(letter.message())
                  : "");
      case LOSE -> "never gets the next message of a record log from " + cast.name(move.other());
    };
  }

  private static String acts(String program, @Nullable LocalState before) {
    String next = before == null ? null : before.next.get(program);
    return next == null ? "" : ": " + next;
  }

  private String copy(Move move, @Nullable LocalState before) {
    long number =
        switch (move.event()) {
          case LocalEvent.Leave(long fetch) -> fetch;
          case LocalEvent.Fetched(long fetch, _) -> fetch;
          case null, default -> 0;
        };
    if (before != null) {
      for (LocalState.Fetch fetch : before.fetches) {
        if (fetch.number() == number) {
          return copy(fetch.copy());
        }
      }
    }
    return "a fetch";
  }

  private String copy(CopyName copy) {
    return cast.name(copy.reference()) + " as " + cast.name(copy.writer()) + " wrote it";
  }

  private String entry(Entry entry) {
    return switch (entry) {
      case Entry.Join(var member) -> "the join of " + cast.name(member.id());
      case Entry.Death(WorkerId dead, _, _) -> "the death of " + cast.name(dead);
      case Entry.Answer(WorkerId worker, long through) ->
          cast.name(worker) + "'s answer to all deaths up to entry " + through;
      case Entry.Mark _ -> "a mark";
      case Entry.Voters _ -> "the voters";
      case Entry.Heirs heirs ->
          "the heirs of "
              + cast.name(heirs.estate())
              + "'s estate: "
              + heirs.heirs().stream().map(this::heir).collect(Collectors.joining(" and "));
      case Entry.Close(EstateId estate, _) -> "the end of " + cast.name(estate) + "'s estate";
      case Entry.JobBegun _ -> "the begin of a job";
      case Entry.JobResumed _ -> "a job's next driver";
      case Entry.JobEnded _ -> "the end of a job";
      case Entry.Refounded _ -> "the return of an estate";
    };
  }

  private String heir(Entry.Heir heir) {
    return cast.name(heir.worker()) + (heir.full() ? ", full" : ", joining");
  }

  private String message(HeirMessage message) {
    String estate = cast.name(message.estate()) + "'s records";
    return switch (message) {
      case HeirMessage.Part part ->
          "part "
              + part.sequence()
              + " of "
              + estate
              + " (batch "
              + part.batch()
              + (part.complete() ? "" : ", not complete")
              + (part.stable() == 0 ? "" : ", all hold batch " + part.stable())
              + ")"
              + records(part);
      case HeirMessage.Received(_, _, _, long through, boolean gap) ->
          "that it has " + estate + " up to part " + through + (gap ? ", and a later one" : "");
      case HeirMessage.Declined _ -> "that it has no room for " + estate;
    };
  }

  private static String records(HeirMessage.Part part) {
    return part.records().length == 0 ? ", empty" : "";
  }

  // --- messages ---------------------------------------------------------------------------------

  private String message(Message message) {
    return switch (message) {
      case Message.LeaseRequest _ -> "a request for a lease";
      case Message.LeaseGrant _ -> "a lease";
      case Message.LeaseDenied _ -> "a denial of a lease";
      case Message.LeaseBlocked(_, int blocked) -> "word of " + blocked + " blocked tasks";
      case Message.LeaseReturn _ -> "a lease back";
      case Message.TaskPush push ->
          "task "
              + cast.name(push.spec().id())
              + with(push.spec().carried())
              + numbered(push.number());
      case Message.TaskCancel cancel -> "the cancel of " + cast.name(cancel.task());
      case Message.ToEstate(EstateId estate, long number, EstateMessage inner) ->
          inner(inner) + " as number " + number + " of the stream" + to(estate);
      case Message.EstateAck(EstateId estate, long through) ->
          "the acknowledgement of the stream" + to(estate) + " through " + through;
      case Message.ValueRequest question -> "a question for " + cast.name(question.reference());
      case Message.ValueAnswer answer ->
          "the answer for " + cast.name(answer.reference()) + ": " + outcome(answer.outcome());
      case Message.PinCopy(CopyName copy) -> "the order to keep " + copy(copy);
      case Message.MakeCopy copy -> "the order to make a copy of " + cast.name(copy.reference());
      case Message.FreeCopy(CopyName copy) -> "the order to delete " + copy(copy);
      case Message.MainDiffers _ -> "that main differs from an earlier run";
      case Message.RollCall call ->
          "the answer to the roll call of "
              + cast.name(call.estate())
              + "'s estate: "
              + call.tasks().size()
              + " tasks, "
              + call.copies().size()
              + " copies";
    };
  }

  /// Where there are no heirs, each estate is its worker's.
  private String to(EstateId estate) {
    return cast.configuration.heirs().wanted() ? " to " + cast.name(estate) + "'s estate" : "";
  }

  private String inner(EstateMessage message) {
    return switch (message) {
      case EstateMessage.Registration(var object, Hold hold) ->
          switch (hold) {
            case NONE -> "the unregistration of " + cast.name(object);
            case LINEAGE -> "the registration of " + cast.name(object) + " for lineage";
            case VALUE -> "the registration of " + cast.name(object);
          };
      case EstateMessage.TaskReply reply ->
          "the reply of "
              + cast.name(reply.task())
              + ": "
              + outcome(reply.outcome())
              + numbered(reply.number())
              + (reply.released() == 0
                  ? ""
                  : ", which releases message " + reply.released() + kept(reply.kept()));
      case EstateMessage.CancelObject cancel -> "the cancel of " + cast.name(cancel.object());
      case EstateMessage.ReleaseKeeping(long number, var kept) ->
          "the release of message " + number + kept(kept);
      case EstateMessage.Located located -> "that it has a copy of " + cast.name(located.object());
      case EstateMessage.Declined no -> "that it can't make a copy of " + cast.name(no.object());
      case EstateMessage.Unlocated gone -> "that it has no copy of " + cast.name(gone.object());
      case EstateMessage.Unsettled(var parent, _) ->
          "that the calls of " + cast.name(parent) + " are to be kept";
      case EstateMessage.Settled(var parent) -> "that " + cast.name(parent) + " has ended";
      case EstateMessage.Settling(var parent, _) -> "whether " + cast.name(parent) + " has ended";
      case EstateMessage.Call call ->
          "the call of " + cast.name(call.spec().id()) + numbered(call.number());
      case EstateMessage.PutValue put ->
          "the put of " + cast.name(put.object()) + numbered(put.number());
    };
  }

  private static String numbered(long number) {
    return number == 0 ? "" : " (message " + number + ")";
  }

  private String kept(List<Message.Kept> kept) {
    return kept.isEmpty()
        ? ""
        : kept.stream()
            .map(one -> cast.name(one.object()))
            .collect(Collectors.joining(" and ", " but keeps ", ""));
  }

  private String with(List<Reference> references) {
    Set<String> names = new LinkedHashSet<>();
    references.forEach(reference -> names.add(cast.name(reference)));
    return names.isEmpty() ? "" : " with " + String.join(" and ", names);
  }

  private String outcome(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Returned(List<Outcome> results) ->
          results.stream().map(this::outcome).collect(Collectors.joining(", "));
      case TaskOutcome.Threw(var failure, _) -> words(failure.kind());
      case TaskOutcome.Cancelled _ -> "cancelled";
      case TaskOutcome.Diverged _ -> "given up, since it did something else than before";
    };
  }

  private String outcome(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Inline(var value) -> "a value" + with(value.references());
      case Outcome.Stored(var value, _) -> "a stored value" + with(value.references());
      case Outcome.Failed(var failure) -> words(failure.kind());
    };
  }

  private static String words(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
