package dev.deed.faultinjection.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Goes one way through a configuration, and tells it.
final class Replay {
  /// What came of it.
  ///
  /// @param story one line a step
  /// @param violation what was wrong after the last step, or at it
  record Course(List<String> story, Optional<String> violation) {}

  private Replay() {}

  /// Takes the steps of the path one after another; refuses a step that is not possible.
  static Course of(Configuration configuration, Path path) {
    Stage stage = new Stage(configuration);
    Narrator narrator = new Narrator(stage.cast, stage.logs);
    List<String> story = new ArrayList<>();
    WorldState world = stage.first;
    for (String step : path.steps()) {
      Move move = find(stage, world, step);
      LocalState before = world.gone(move.worker()) ? null : stage.local(world, move.worker());
      String wrong = stage.rules.brokenBy(world, move);
      LocalState.Step taken = stage.moves.local(world, move);
      story.add(narrator.tell(move, before, taken));
      if (taken != null && taken.violation() != null) {
        return new Course(story, Optional.of(stage.cast.readable(taken.violation())));
      }
      world = stage.moves.after(world, move);
      String broken = wrong != null ? wrong : stage.rules.broken(world);
      if (broken != null) {
        return new Course(story, Optional.of(stage.cast.readable(broken)));
      }
    }
    String broken = stage.moves.atRest(world) ? stage.rules.brokenAtRest(world) : null;
    return new Course(story, Optional.ofNullable(broken).map(stage.cast::readable));
  }

  private static Move find(Stage stage, WorldState world, String step) {
    List<String> possible = new ArrayList<>();
    for (Move move : stage.moves.possible(world)) {
      String text = move.text(stage.cast, stage.logs);
      if (text.equals(step)) {
        return move;
      }
      possible.add(text);
    }
    throw new IllegalArgumentException(
        "the step \"" + step + "\" is not possible here; these are: " + possible);
  }
}
