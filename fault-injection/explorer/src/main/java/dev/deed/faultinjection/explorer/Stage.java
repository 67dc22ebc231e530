package dev.deed.faultinjection.explorer;

/// What a search, or the replay of a path, works with: the tables, the moves and the rules of one
/// configuration.
final class Stage {
  private static final int MOST_STEPS = 10_000;

  final Cast cast;
  final Letter.Table letters = new Letter.Table();
  final HeirLetter.Table heirLetters = new HeirLetter.Table();
  final Known known = new Known();
  final LogState.Table logs;
  final LocalState.Table states;
  final Moves moves;
  final Rules rules;
  final WorldState first;

  Stage(Configuration configuration) {
    cast = new Cast(configuration);
    logs = new LogState.Table(cast.joins());
    states = new LocalState.Table(cast, letters, heirLetters, logs);
    moves = new Moves(cast, states, letters, heirLetters, logs, known);
    WorldState begun = moves.first();
    first = configuration.heirs().settled() ? settled(begun) : begun;
    rules = new Rules(cast, states, logs, new WorldView(cast, states, letters, logs, known, first));
  }

  /// The state when all heirs are full, and no program has begun: one way there, of many.
  private WorldState settled(WorldState begun) {
    WorldState world = begun;
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Move next = null;
      for (Move move : moves.possible(world)) {
        if (next == null && move.kind().isProtocol()) {
          next = move;
        }
      }
      if (next == null) {
        return world;
      }
      world = moves.after(world, next);
    }
    throw new IllegalStateException("the heirs of " + cast.configuration.name() + " never rest");
  }

  LocalState local(WorldState world, int worker) {
    return states.get(world.locals[worker]);
  }
}
