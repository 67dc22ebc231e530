package dev.deed.faultinjection.explorer;

import org.jspecify.annotations.Nullable;

/// One step of the whole cluster.
///
/// @param kind what kind of step
/// @param worker where it happens
/// @param other another worker that has to do with it, or the number of an entry that is taken
/// @param key names the event among those of the worker's present state; for an answer that the log
///   takes, the last death that it answers
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
    PAUSE(13);

    /// Tells the keys of its events from those of other kinds.
    final int number;

    Kind(int number) {
      this.number = number;
    }

    boolean isFault() {
      return this == CRASH || this == PAUSE;
    }
  }

  /// The step in a word or two, by which [Path] names it: no two steps of a state have the same.
  String text(Cast cast) {
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
      case TAKE -> "log " + at + "'s-answer-to-" + key;
      case JOIN -> "join " + at;
      case CRASH -> "crash " + at;
      case PAUSE -> "declare-dead " + at;
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
