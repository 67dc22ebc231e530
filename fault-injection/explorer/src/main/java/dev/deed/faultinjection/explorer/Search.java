package dev.deed.faultinjection.explorer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One search, breadth first: the first violation that it finds has a shortest path.
/*
 * State. A state of the cluster is a few numbers: one for the state of each worker, one for each letter
 * on a link, one for the log. What an event leads to at a worker is found out by the real core, made again
 * from its first event, and remembered by the number of the worker's state: a cluster has thousands of
 * states for each state of a worker, so nearly all steps are looked up.
 *
 * Soundness. Numbers of workers' states stand for fingerprints of everything that a worker's future
 * depends on (CanonicalDump); letters and entries are equal byte by byte. Nothing is renamed and no
 * order is left out: no symmetry, no partial order.
 *
 * Bounds. Time, states and memory; a search that meets one says so.
 */
final class Search {
  /// A fair estimate of what the state of one worker takes, with its steps.
  private static final long BYTES_OF_LOCAL_STATE = 6_000;

  private static final int BYTES_OF_ARRAY = 24;
  private static final int LOOK_EVERY = 1 << 10;

  private final Stage stage;
  private final Limits limits;
  private final VisitedStates visited = new VisitedStates();

  /// States that were met and not looked at, in the order of their numbers.
  private final ArrayDeque<int[]> frontier = new ArrayDeque<>();

  private long frontierInts;
  private long transitions;
  private int expanded;
  private int ends;
  private int depth;
  private int levelEnd = 1;
  private Result.@Nullable Violation violation;

  Search(Configuration configuration, Limits limits) {
    this.stage = new Stage(configuration);
    this.limits = limits;
  }

  /// What it works with.
  Stage stage() {
    return stage;
  }

  /// Searches until everything is seen, a rule is broken, or a limit is met.
  ///
  /// @param watcher is told of how far it is, now and then
  Result run(Consumer<Result> watcher) {
    long beganNs = System.nanoTime();
    meet(stage.first, -1, 0);
    String stopped = "";
    while (violation == null && !frontier.isEmpty()) {
      if (expanded % LOOK_EVERY == 0) {
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        stopped = limit(seconds);
        if (!stopped.isEmpty()) {
          break;
        }
        watcher.accept(result("", seconds));
      }
      if (expanded == levelEnd) {
        depth++;
        levelEnd = visited.size();
      }
      int[] code = frontier.remove();
      frontierInts -= code.length;
      expand(WorldState.decode(code, stage.cast.size()), expanded++);
    }
    return result(stopped, (System.nanoTime() - beganNs) / 1e9);
  }

  private String limit(double seconds) {
    if (visited.size() >= limits.maxStates()) {
      return "it met the limit of " + limits.maxStates() + " states: raise --max-states";
    }
    if (seconds >= limits.seconds()) {
      return "it met the limit of " + limits.seconds() + " s: raise --seconds";
    }
    long bytes =
        visited.bytes()
            + 4 * frontierInts
            + (long) BYTES_OF_ARRAY * frontier.size()
            + BYTES_OF_LOCAL_STATE * stage.states.size();
    if (bytes >= limits.maxBytes()) {
      return "it met the limit of " + (limits.maxBytes() >> 20) + " MiB: give Java a larger heap";
    }
    return "";
  }

  private Result result(String stopped, double seconds) {
    return new Result(
        stage.cast.configuration.name(),
        violation == null && frontier.isEmpty() && stopped.isEmpty(),
        stopped,
        visited.size(),
        transitions,
        depth,
        ends,
        stage.states.size(),
        stage.states.replayed(),
        seconds,
        Optional.ofNullable(violation));
  }

  /// Whether the state is new.
  private boolean meet(WorldState world, int parent, int move) {
    int[] code = world.encode();
    Digest digest = new Digest();
    for (int number : code) {
      digest.add(number);
    }
    if (!visited.add(digest, parent, move)) {
      return false;
    }
    frontier.add(code);
    frontierInts += code.length;
    return true;
  }

  private void expand(WorldState world, int number) {
    List<Move> possible = stage.moves.possible(world);
    boolean atRest = true;
    for (int i = 0; i < possible.size(); i++) {
      Move move = possible.get(i);
      LocalState.Step step = stage.moves.local(world, move);
      if (step != null && step.violation() != null) {
        broken(step.violation(), number, i);
        return;
      }
      String wrongStep = stage.rules.brokenBy(world, move);
      if (wrongStep != null) {
        broken(wrongStep, number, i);
        return;
      }
      WorldState next = stage.moves.after(world, move);
      transitions++;
      if (meet(next, number, i)) {
        String wrong = stage.rules.broken(next);
        if (wrong != null) {
          broken(wrong, number, i);
          return;
        }
      }
      atRest &= move.kind().isFault() || next.equals(world);
    }
    if (atRest) {
      ends++;
      String wrong = stage.rules.brokenAtRest(world);
      if (wrong != null) {
        broken(wrong, number, -1);
      }
    }
  }

  private void broken(String text, int state, int lastMove) {
    int[] before = visited.movesTo(state);
    List<String> steps = new ArrayList<>();
    WorldState world = stage.first;
    for (int place : before) {
      Move move = stage.moves.possible(world).get(place);
      steps.add(move.text(stage.cast, stage.logs));
      world = stage.moves.after(world, move);
    }
    if (lastMove >= 0) {
      steps.add(stage.moves.possible(world).get(lastMove).text(stage.cast, stage.logs));
    }
    Path path = new Path(stage.cast.configuration.name(), List.copyOf(steps));
    violation = new Result.Violation(stage.cast.readable(text), path);
  }
}
