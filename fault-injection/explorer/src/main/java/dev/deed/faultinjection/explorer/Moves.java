package dev.deed.faultinjection.explorer;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The rules of the game: which steps are possible in a state, and what each leads to.
/*
 * What a step is. A core takes one event, and its acknowledgements go out at once (a driver may batch
 * them: that is a delay of the letter, which the search has anyway). Between two workers letters keep
 * their order; nothing else is ordered.
 *
 * Faults. A crash and its entry in the membership log are one step: nobody can tell a crash before its
 * entry from a pause, and pauses come for nothing, since no worker has to move. Until a receiver has
 * followed the entry, it may take any prefix of what the dead one had sent, afterwards nothing. A worker
 * that is declared dead while it is merely paused goes on, and sends, until it follows its own death.
 *
 * The log. A proposal is taken by the log at any later time, in any order; it is not lost (the core
 * repeats it). Answers of the dead change nothing and are left out, and so are repeated entries.
 *
 * Time. What is due now (a finished message's references: the delay is set to 0) may be done at any
 * moment. Everything else that waits for a time waits long: time passes only when nothing else can
 * happen. So a lease is not given back, and a proposal or a fetch not repeated, in the middle of things.
 */
final class Moves {
  private static final int KIND_SHIFT = 40;

  private final Cast cast;
  private final LocalState.Table states;
  private final Letter.Table letters;
  private final LogState.Table logs;
  private final int[] mortal;
  private final int[] late;
  private final int[] deaths;
  private final int[] joins;

  Moves(Cast cast, LocalState.Table states, Letter.Table letters, LogState.Table logs) {
    this.cast = cast;
    this.states = states;
    this.letters = letters;
    this.logs = logs;
    Configuration configuration = cast.configuration;
    this.mortal = configuration.mortal().stream().mapToInt(configuration::worker).toArray();
    this.late =
        IntStream.range(0, cast.size())
            .filter(worker -> configuration.workers().get(worker).late())
            .toArray();
    this.deaths = new int[cast.size()];
    this.joins = new int[cast.size()];
    for (int worker = 0; worker < cast.size(); worker++) {
      deaths[worker] = logs.number(death(worker));
      joins[worker] = logs.number(new Entry.Join(cast.members.get(worker)));
    }
  }

  private Entry death(int worker) {
    return new Entry.Death(cast.id(worker), true, "it ended");
  }

  private static long key(Move.Kind kind, long detail) {
    return ((long) kind.number << KIND_SHIFT) | detail;
  }

  // --- what can happen --------------------------------------------------------------------------

  /// Every step that is possible, in an order that follows from the state.
  List<Move> possible(WorldState world) {
    List<Move> moves = new ArrayList<>();
    LogState log = logs.get(world.log);
    for (int worker = 0; worker < cast.size(); worker++) {
      if (!world.gone(worker)) {
        at(worker, world, log, moves);
      }
    }
    for (int entry : world.proposals) {
      if (logs.entry(entry) instanceof Entry.Answer(WorkerId proposer, long through)) {
        moves.add(new Move(Move.Kind.TAKE, cast.worker(proposer), entry, through, null));
      }
    }
    for (int worker : late) {
      WorkerId id = cast.id(worker);
      if (!log.truth.lives(id) && !log.truth.dead(id)) {
        moves.add(new Move(Move.Kind.JOIN, worker, joins[worker], 0, null));
      }
    }
    if (moves.isEmpty()) {
      for (int worker = 0; worker < cast.size(); worker++) {
        if (!world.gone(worker) && states.get(world.locals[worker]).dueLater) {
          LocalEvent wait = new LocalEvent.Wait();
          moves.add(new Move(Move.Kind.WAIT, worker, 0, key(Move.Kind.WAIT, 0), wait));
        }
      }
    }
    for (int worker : mortal) {
      if (!world.gone(worker) && log.truth.lives(cast.id(worker))) {
        if (world.crashesLeft > 0) {
          moves.add(new Move(Move.Kind.CRASH, worker, 0, 0, null));
        }
        if (world.pausesLeft > 0) {
          moves.add(new Move(Move.Kind.PAUSE, worker, 0, 0, null));
        }
      }
    }
    return moves;
  }

  private void at(int worker, WorldState world, LogState log, List<Move> moves) {
    LocalState state = states.get(world.locals[worker]);
    if (state.followed < log.size()) {
      int entry = log.entryNumbers.get(state.followed);
      LocalEvent follow = new LocalEvent.Follow(entry, logs.entry(entry));
      moves.add(new Move(Move.Kind.FOLLOW, worker, entry, key(Move.Kind.FOLLOW, entry), follow));
    }
    for (int from = 0; from < cast.size(); from++) {
      int[] link = world.link(from, worker);
      if (link.length > 0) {
        LocalEvent deliver = new LocalEvent.Deliver(letters.get(link[0]));
        moves.add(
            new Move(Move.Kind.DELIVER, worker, from, key(Move.Kind.DELIVER, link[0]), deliver));
      }
    }
    for (int i = 0; i < state.acts.size(); i++) {
      LocalEvent act = state.acts.get(i);
      Move.Kind kind =
          switch (act) {
            case LocalEvent.Act _ -> Move.Kind.ACT;
            case LocalEvent.Stop _ -> Move.Kind.STOP;
            default -> Move.Kind.COLLECT;
          };
      moves.add(new Move(kind, worker, i, key(kind, i), act));
    }
    if (state.due) {
      moves.add(new Move(Move.Kind.TICK, worker, 0, key(Move.Kind.TICK, 0), new LocalEvent.Tick()));
    }
    for (LocalState.Fetch fetch : state.fetches) {
      fetch(worker, fetch, world, moves);
    }
  }

  /// The bytes leave a holder that runs and has them, and arrive whatever becomes of it. Without
  /// one the fetch fails.
  private void fetch(int worker, LocalState.Fetch fetch, WorldState world, List<Move> moves) {
    long number = fetch.number();
    if (fetch.onItsWay()) {
      moves.add(fetched(Move.Kind.FETCHED, worker, number, true));
      return;
    }
    boolean served = false;
    for (int holder : fetch.holders()) {
      if (!world.gone(holder) && has(holder, fetch.copy(), world)) {
        served = true;
      }
    }
    if (served) {
      LocalEvent leave = new LocalEvent.Leave(number);
      moves.add(new Move(Move.Kind.LEAVE, worker, 0, key(Move.Kind.LEAVE, number), leave));
    } else {
      moves.add(fetched(Move.Kind.NOT_FETCHED, worker, number, false));
    }
  }

  private static Move fetched(Move.Kind kind, int worker, long number, boolean ok) {
    return new Move(kind, worker, 0, key(kind, number), new LocalEvent.Fetched(number, ok));
  }

  private boolean has(int holder, CopyName copy, WorldState world) {
    return states.get(world.locals[holder]).copies.contains(copy);
  }

  /// Whether nothing is left to happen but faults.
  boolean atRest(WorldState world) {
    for (Move move : possible(world)) {
      if (!move.kind().isFault() && !after(world, move).equals(world)) {
        return false;
      }
    }
    return true;
  }

  // --- what it leads to -------------------------------------------------------------------------

  /// What the worker's state changes to; null where no core takes part.
  LocalState.@Nullable Step local(WorldState world, Move move) {
    LocalEvent event = move.event();
    return event == null
        ? null
        : states.step(states.get(world.locals[move.worker()]), move.key(), event);
  }

  /// The state after a step.
  WorldState after(WorldState world, Move move) {
    WorldState.Draft draft = new WorldState.Draft(world);
    switch (move.kind()) {
      case CRASH -> {
        draft.crashesLeft--;
        declareDead(draft, move.worker());
        draft.end(move.worker());
      }
      case PAUSE -> {
        draft.pausesLeft--;
        declareDead(draft, move.worker());
      }
      case JOIN -> draft.log = logs.append(logs.get(draft.log), move.other()).number;
      case TAKE -> {
        draft.log = logs.append(logs.get(draft.log), move.other()).number;
        draft.withdraw(move.other());
      }
      default -> {
        if (move.kind() == Move.Kind.DELIVER) {
          draft.take(move.other(), move.worker());
        }
        LocalState.Step step = local(world, move);
        if (step != null) {
          apply(draft, move.worker(), step);
        }
      }
    }
    return draft.done();
  }

  private void declareDead(WorldState.Draft draft, int worker) {
    draft.log = logs.append(logs.get(draft.log), deaths[worker]).number;
    for (int entry : draft.proposals) {
      if (logs.entry(entry) instanceof Entry.Answer(WorkerId id, _) && id.equals(cast.id(worker))) {
        draft.withdraw(entry);
      }
    }
  }

  private void apply(WorldState.Draft draft, int worker, LocalState.Step step) {
    draft.locals[worker] = step.next().number;
    LogState log = logs.get(draft.log);
    long death = log.truth.deathOf(cast.id(worker));
    for (Letter letter : step.sends()) {
      int to = letter.to();
      boolean refused =
          draft.locals[to] == WorldState.GONE
              || (death > 0 && states.get(draft.locals[to]).followed >= death);
      if (!refused) {
        draft.send(worker, to, letter.number());
      }
    }
    for (int entry : step.proposals()) {
      if (death == 0 && !log.entryNumbers.contains(entry)) {
        draft.propose(entry);
      }
    }
    for (int peer : step.closed()) {
      draft.clear(peer, worker);
    }
    if (step.next().gone) {
      draft.end(worker);
    }
  }
}
