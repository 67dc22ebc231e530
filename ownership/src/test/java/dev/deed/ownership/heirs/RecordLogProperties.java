package dev.deed.ownership.heirs;

import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Whatever the network and the followers do, images are cuts, and what is said to be held is.
final class RecordLogProperties {
  enum Kind {
    SET,
    TOUCH,
    REMOVE,
    CUT,
    DELIVER_FIRST,
    DELIVER_ANY,
    LOSE,
    REPEAT,
    JOIN,
    LEAVE,
    PROPOSE,
    PROMOTE,
    FOLLOW,
    PASS,
    DIE
  }

  record Step(Kind kind, int which, int size) {
    void apply(HeirWorld world) {
      int key = which % HeirWorld.KEYS + 1;
      int heir = which % 4;
      switch (kind) {
        case SET -> world.set(key, size);
        case TOUCH -> world.touch(key);
        case REMOVE -> world.remove(key);
        case CUT -> world.cut();
        case DELIVER_FIRST -> {
          for (int i = which % 8; i >= 0; i--) {
            world.deliver(0);
          }
        }
        case DELIVER_ANY -> world.deliver(which);
        case LOSE -> world.lose(which);
        case REPEAT -> world.repeat(which);
        case JOIN -> world.join(heir);
        case LEAVE -> world.leave(heir);
        case PROPOSE -> world.propose();
        case FOLLOW -> world.follow();
        case PROMOTE -> {
          world.promote();
          world.checkBeyond();
        }
        case PASS -> world.pass(size);
        case DIE -> world.die();
      }
      world.check();
    }
  }

  private static Arbitrary<Step> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(8, Kind.SET),
            Tuple.of(1, Kind.TOUCH),
            Tuple.of(5, Kind.REMOVE),
            Tuple.of(6, Kind.CUT),
            Tuple.of(8, Kind.DELIVER_FIRST),
            Tuple.of(4, Kind.DELIVER_ANY),
            Tuple.of(1, Kind.LOSE),
            Tuple.of(1, Kind.REPEAT),
            Tuple.of(3, Kind.JOIN),
            Tuple.of(1, Kind.LEAVE),
            Tuple.of(4, Kind.PROPOSE),
            Tuple.of(3, Kind.PROMOTE),
            Tuple.of(3, Kind.FOLLOW),
            Tuple.of(2, Kind.PASS),
            Tuple.of(1, Kind.DIE));
    return Combinators.combine(
            kinds,
            Arbitraries.integers().between(0, 1_000),
            Arbitraries.integers().between(0, HeirWorld.LONGEST))
        .as(Step::new);
  }

  @Provide
  Arbitrary<List<Step>> runs() {
    return steps().list().ofMinSize(20).ofMaxSize(250);
  }

  @Provide
  Arbitrary<HeirsConfig> configs() {
    return Combinators.combine(
            Arbitraries.of(1, 40, 200, 10_000),
            Arbitraries.of(1, 400, 1_000, 1_000_000),
            Arbitraries.frequency(Tuple.of(1, 400L), Tuple.of(1, 2_000L), Tuple.of(8, 1_000_000L)))
        .as((part, window, image) -> new HeirsConfig(Mode.ASYNC, 2, 1, part, window, 60, image));
  }

  @Property(tries = 1500)
  void imagesAreCutsAndInTheEndTheLast(
      @ForAll("runs") List<Step> run, @ForAll("configs") HeirsConfig config) {
    HeirWorld world = new HeirWorld(config);
    run.forEach(step -> step.apply(world));
    world.checkBeyond();
    world.quiesce();
  }
}
