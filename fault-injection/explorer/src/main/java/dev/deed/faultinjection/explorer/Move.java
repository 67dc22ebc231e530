package dev.deed.faultinjection.explorer;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import org.jspecify.annotations.Nullable;

/// One step of the whole cluster.
///
/// @param kind what kind of step
/// @param worker where it happens
/// @param other another worker that has to do with it, or the number of an entry that is taken
/// @param key names the event among those of the worker's present state
/// @param event what its core is told; null where no core is concerned
record Move(Kind kind, int worker, int other, long key, @Nullable LocalEvent event) {
  /// The kinds of steps. Faults are those that may happen or not: what waits for one is stuck.
  enum Kind {
    FOLLOW(0),
    DELIVER(1),
    ACT(2),
    STOP(3),
    COLLECT(4),
    TICK(5),
    WAIT(6),
    LEAVE(7),
    FETCHED(8),
    NOT_FETCHED(9),
    TAKE(10),
    JOIN(11),
    CRASH(12),
    PAUSE(13),
    REPLICATE(14),
    LOSE(15);

    /// Tells the keys of its events from those of other kinds.
    final int number;

    Kind(int number) {
      this.number = number;
    }

    /// Whether the protocol alone does it, without time that passes, user code or faults.
    boolean isProtocol() {
      return switch (this) {
        case FOLLOW, DELIVER, REPLICATE, TICK, TAKE -> true;
        default -> false;
      };
    }

    boolean isFault() {
      return this == CRASH || this == PAUSE || this == LOSE;
    }
  }

  /// The step in a word or two, by which [Path] names it: no two steps of a state have the same.
  String text(Cast cast, LogState.Table logs) {
    String at = cast.name(worker);
    return switch (kind) {
      case FOLLOW -> "follow " + at;
      case DELIVER -> "deliver " + cast.name(other) + ">" + at;
      case ACT, STOP, COLLECT ->
          switch (event) {
            case LocalEvent.Act(String program) -> "act " + at + " " + program;
            case LocalEvent.Stop(String program) -> "stop " + at + " " + program;
            case LocalEvent.Collect(String handle) -> "collect " + at + " " + handle;
            case null, default -> throw new IllegalStateException("not an act: " + event);
          };
      case TICK -> "tick " + at;
      case WAIT -> "wait " + at;
      case LEAVE -> "bytes-leave " + at + " " + detail();
      case FETCHED -> "bytes-arrive " + at + " " + detail();
      case NOT_FETCHED -> "no-bytes " + at + " " + detail();
      case TAKE -> "log " + entry(logs.entry(other), cast);
      case JOIN -> "join " + at;
      case CRASH -> "crash " + at;
      case PAUSE -> "declare-dead " + at;
      case REPLICATE -> "replicate " + cast.name(other) + ">" + at;
      case LOSE -> "lose " + cast.name(other) + ">" + at;
    };
  }

  private static String entry(Entry entry, Cast cast) {
    return switch (entry) {
      case Entry.Answer(WorkerId worker, long through) ->
          cast.name(worker) + "'s-answer-to-" + through;
      case Entry.Heirs heirs -> {
        StringBuilder names = new StringBuilder();
        for (Entry.Heir heir : heirs.heirs()) {
          names.append('-').append(cast.name(heir.worker())).append(heir.full() ? "!" : "");
        }
        yield cast.name(heirs.estate()) + "'s-heirs-" + heirs.epoch() + "-" + heirs.seen() + names;
      }
      case Entry.Close(EstateId estate, _) -> cast.name(estate) + "'s-end";
      case Entry.Join _,
          Entry.Death _,
          Entry.Mark _,
          Entry.Voters _,
          Entry.JobBegun _,
          Entry.JobResumed _,
          Entry.JobEnded _,
          Entry.Refounded _ ->
          throw new IllegalStateException("nobody proposes " + entry);
    };
  }

  private long detail() {
    return switch (event) {
      case LocalEvent.Leave(long fetch) -> fetch;
      case LocalEvent.Fetched(long fetch, _) -> fetch;
      case null, default -> 0;
    };
  }
}
