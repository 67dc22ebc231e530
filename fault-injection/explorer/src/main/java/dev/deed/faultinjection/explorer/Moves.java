package dev.deed.faultinjection.explorer;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
  private final HeirLetter.Table heirLetters;
  private final LogState.Table logs;
  private final Known known;
  private final int[] mortal;
  private final int[] late;
  private final int[] deaths;
  private final int[] joins;

  Moves(
      Cast cast,
      LocalState.Table states,
      Letter.Table letters,
      HeirLetter.Table heirLetters,
      LogState.Table logs,
      Known known) {
    this.cast = cast;
    this.states = states;
    this.letters = letters;
    this.heirLetters = heirLetters;
    this.logs = logs;
    this.known = known;
    Configuration configuration = cast.configuration;
    this.mortal =
        configuration.faults().mortal().stream().mapToInt(configuration::worker).toArray();
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
      moves.add(new Move(Move.Kind.TAKE, proposer(logs.entry(entry), log), entry, 0, null));
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

  private int proposer(Entry entry, LogState log) {
    return switch (entry) {
      case Entry.Answer(WorkerId worker, _) -> cast.worker(worker);
      case Entry.Heirs heirs -> server(heirs.estate(), log);
      case Entry.Close(EstateId estate, _) -> server(estate, log);
      case Entry.Join _,
          Entry.Death _,
          Entry.Mark _,
          Entry.Voters _,
          Entry.JobBegun _,
          Entry.JobResumed _,
          Entry.JobEnded _,
          Entry.Refounded _ ->
          throw new IllegalStateException("no core proposes " + entry);
    };
  }

  private int server(EstateId estate, LogState log) {
    return cast.worker(log.truth.server(estate).orElseThrow());
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
      int[] heirLink = world.heirLink(from, worker);
      if (heirLink.length > 0) {
        LocalEvent replicate = new LocalEvent.Replicate(heirLetters.get(heirLink[0]));
        long key = key(Move.Kind.REPLICATE, heirLink[0]);
        moves.add(new Move(Move.Kind.REPLICATE, worker, from, key, replicate));
        if (world.lossesLeft > 0) {
          moves.add(new Move(Move.Kind.LOSE, worker, from, 0, null));
        }
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

  /// The state in which everything begins.
  WorldState first() {
    int[] locals = new int[cast.size()];
    List<LocalState.Begun> begun = new ArrayList<>();
    for (int worker = 0; worker < locals.length; worker++) {
      LocalState.Begun initial = states.initial(worker);
      begun.add(initial);
      locals[worker] = initial.state().number;
    }
    WorldState.Draft draft =
        new WorldState.Draft(WorldState.initial(locals, cast.configuration.faults()));
    for (int worker = 0; worker < locals.length; worker++) {
      carryOut(draft, worker, begun.get(worker).orders());
    }
    return draft.done();
  }

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
      case LOSE -> {
        draft.lossesLeft--;
        draft.takeReplica(move.other(), move.worker());
      }
      case JOIN -> append(draft, move.other());
      case TAKE -> {
        draft.withdraw(move.other());
        append(draft, move.other());
      }
      default -> {
        if (move.kind() == Move.Kind.DELIVER) {
          draft.take(move.other(), move.worker());
        } else if (move.kind() == Move.Kind.REPLICATE) {
          draft.takeReplica(move.other(), move.worker());
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
    append(draft, deaths[worker]);
  }

  /// The log has one entry more; proposals that would change nothing after it are as good as gone.
  private void append(WorldState.Draft draft, int entry) {
    LogState log = logs.append(logs.get(draft.log), entry);
    draft.log = log.number;
    for (int proposal : draft.proposals) {
      if (!logs.changes(log, proposal)) {
        draft.withdraw(proposal);
      }
    }
  }

  private void apply(WorldState.Draft draft, int worker, LocalState.Step step) {
    draft.locals[worker] = step.next().number;
    carryOut(draft, worker, step.orders());
    if (step.next().gone) {
      draft.end(worker);
    } else {
      learn(draft, step);
    }
  }

  private void carryOut(WorldState.Draft draft, int worker, LocalState.Orders orders) {
    LogState log = logs.get(draft.log);
    long death = log.truth.deathOf(cast.id(worker));
    for (Letter letter : orders.sends()) {
      int to = letter.to();
      boolean refused =
          draft.locals[to] == WorldState.GONE
              || (death > 0 && states.get(draft.locals[to]).followed >= death);
      if (!refused) {
        draft.send(worker, to, letter.number());
      }
    }
    for (HeirLetter letter : orders.replicas()) {
      if (draft.locals[letter.to()] != WorldState.GONE) {
        draft.replicate(worker, letter.to(), letter.number());
      }
    }
    for (int entry : orders.proposals()) {
      if (death == 0 && !log.entryNumbers.contains(entry) && logs.changes(log, entry)) {
        draft.propose(entry);
      }
    }
    for (int peer : orders.closed()) {
      draft.clear(peer, worker);
    }
  }

  /// What is known of estates that were another worker's. What this one knew of them when it began
  /// to serve them, and what it has learnt since, it must not forget as long as somebody holds it.
  private void learn(WorldState.Draft draft, LocalState.Step step) {
    LocalState now = step.next();
    for (EstateId estate : now.inherited) {
      int place = cast.worker(estate.creator());
      boolean served = step.before().serves(estate);
      Set<ObjectId> objects = now.contents(estate).objects();
      draft.known[place] = served ? known.with(draft.known[place], objects) : known.kept(objects);
    }
  }
}
