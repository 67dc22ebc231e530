package dev.deed.faultinjection.explorer;

/// What a search, or the replay of a path, works with: the tables, the moves and the rules of one
/// configuration.
final class Stage {
  final Cast cast;
  final Letter.Table letters = new Letter.Table();
  final LogState.Table logs;
  final LocalState.Table states;
  final Moves moves;
  final Rules rules;
  final WorldState first;

  Stage(Configuration configuration) {
    cast = new Cast(configuration);
    logs = new LogState.Table(cast.joins());
    states = new LocalState.Table(cast, letters, logs);
    moves = new Moves(cast, states, letters, logs);
    int[] locals = new int[cast.size()];
    for (int worker = 0; worker < locals.length; worker++) {
      locals[worker] = states.initial(worker).number;
    }
    first = WorldState.initial(locals, configuration);
    rules = new Rules(cast, states, logs, new WorldView(cast, states, letters, logs, first));
  }

  LocalState local(WorldState world, int worker) {
    return states.get(world.locals[worker]);
  }
}
