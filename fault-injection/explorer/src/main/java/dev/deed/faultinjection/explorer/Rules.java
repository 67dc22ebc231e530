package dev.deed.faultinjection.explorer;

import dev.deed.faultinjection.simulator.FreeRule;
import dev.deed.faultinjection.simulator.HolderRule;
import dev.deed.faultinjection.simulator.ViolationException;
import dev.deed.lineage.Reference;
import dev.deed.ownership.CoreView;
import dev.deed.ownership.MembershipLog;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What must be true in every state (invariants 3, 7, 8, 12), and in states in which nothing is
/// left to happen (4, 5, 11, 12). Invariants 1, 5 and 8 of single steps are looked at by [Host],
/// and what has to do with heirs by [HeirRules].
final class Rules {
  private final Cast cast;
  private final LocalState.Table states;
  private final LogState.Table logs;
  private final WorldView view;
  private final FreeRule free;
  private final HolderRule holders;
  private final HeirRules heirs;

  Rules(Cast cast, LocalState.Table states, LogState.Table logs, WorldView view) {
    this.cast = cast;
    this.states = states;
    this.logs = logs;
    this.view = view;
    this.free = new FreeRule(view);
    this.holders = new HolderRule(view);
    this.heirs = new HeirRules(cast, states, logs, view.known());
  }

  /// What is wrong with a step; null where nothing is.
  @Nullable String brokenBy(WorldState world, Move move) {
    LocalEvent event = move.event();
    if (event == null || !cast.configuration.heirs().wanted()) {
      return null;
    }
    LocalState before = states.get(world.locals[move.worker()]);
    LocalState.Step step = states.step(before, move.key(), event);
    view.show(world);
    return heirs.brokenBy(world, view, move.worker(), before, step);
  }

  /// What is wrong in a state; null where nothing is.
  @Nullable String broken(WorldState world) {
    String wrong = logs.get(world.log).wrong;
    if (wrong != null) {
      return wrong;
    }
    String fence = cast.configuration.heirs().wanted() ? heirs.fence(world) : null;
    if (fence != null) {
      return fence;
    }
    view.show(world);
    try {
      free.survey();
      holders.survey();
    } catch (ViolationException e) {
      return e.text();
    }
    String lost = lost(world);
    if (lost != null) {
      return lost;
    }
    String executed = executions(world);
    return executed == null && heirs.wanted() ? heirs.executions(world) : executed;
  }

  /// Invariant 7, the copies: a value is called lost only when nobody who lives has a copy of it,
  /// nor one on its way.
  private @Nullable String lost(WorldState world) {
    MembershipLog truth = logs.get(world.log).truth;
    for (int owner = 0; owner < cast.size(); owner++) {
      if (world.gone(owner) || !truth.lives(cast.id(owner))) {
        continue;
      }
      for (Reference reference : states.get(world.locals[owner]).lost) {
        for (int holder = 0; holder < cast.size(); holder++) {
          if (!world.gone(holder)
              && truth.lives(cast.id(holder))
              && states.get(world.locals[holder]).has(reference)) {
            return "7 loss: "
                + cast.name(owner)
                + " calls lost "
                + cast.name(reference)
                + ", of which "
                + cast.name(holder)
                + " has a copy";
          }
        }
      }
    }
    return null;
  }

  /// Invariant 8: nobody who lives executes what another has executed, unless a death concerns it.
  private @Nullable String executions(WorldState world) {
    MembershipLog truth = logs.get(world.log).truth;
    long allowed = 1;
    for (int worker = 0; worker < cast.size(); worker++) {
      allowed += truth.lives(cast.id(worker)) ? 0 : 1;
    }
    Map<String, Integer> begun = Map.of();
    for (int worker = 0; worker < cast.size(); worker++) {
      if (world.gone(worker)) {
        continue;
      }
      Map<String, Integer> here = states.get(world.locals[worker]).begun;
      if (begun.isEmpty()) {
        begun = here;
      } else if (!here.isEmpty()) {
        Map<String, Integer> sum = new TreeMap<>(begun);
        here.forEach((task, count) -> sum.merge(task, count, Integer::sum));
        begun = sum;
      }
    }
    for (Map.Entry<String, Integer> entry : begun.entrySet()) {
      if (entry.getValue() > allowed) {
        return "8 executions: " + entry.getKey() + " was executed " + entry.getValue() + " times";
      }
    }
    return null;
  }

  /// What is wrong with an end; null where nothing is.
  @Nullable String brokenAtRest(WorldState world) {
    MembershipLog truth = logs.get(world.log).truth;
    if (truth.awaitsClear() && someoneLives(world)) {
      return "5 stuck: a death is never clear";
    }
    for (int worker = 0; worker < cast.size(); worker++) {
      if (world.gone(worker)) {
        continue;
      }
      LocalState state = states.get(world.locals[worker]);
      if (!state.programs.isEmpty()) {
        return "5 stuck: " + cast.name(worker) + " never ends " + state.programs;
      }
    }
    for (int worker = 0; worker < cast.size(); worker++) {
      if (!world.gone(worker)) {
        String left = left(worker, states.get(world.locals[worker]));
        if (left != null) {
          return left;
        }
      }
    }
    view.show(world);
    try {
      holders.quiescent();
    } catch (ViolationException e) {
      return e.text();
    }
    return cast.configuration.heirs().wanted() ? heirs.brokenAtRest(world) : null;
  }

  private boolean someoneLives(WorldState world) {
    for (int worker = 0; worker < cast.size(); worker++) {
      if (!world.gone(worker)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable String left(int worker, LocalState state) {
    Host host = states.revive(state);
    CoreView core = host.core.view();
    StringBuilder left = new StringBuilder();
    core.sizes()
        .forEach((what, count) -> {
          if (count != 0) {
            left.append(' ').append(count).append(' ').append(what).append(',');
          }
        });
    if (!left.isEmpty()) {
      core.objects().forEach(object -> left.append("\n    ").append(object));
      core.foreign().forEach(foreign -> left.append("\n    ").append(foreign));
      core.tasks().forEach(task -> left.append("\n    ").append(task));
      return "4 leak: " + cast.name(worker) + " still has" + left;
    }
    if (!host.copies.isEmpty() || core.lineageBytes() != 0) {
      return "4 leak: " + cast.name(worker) + " still has copies " + host.copies.keySet();
    }
    if (!core.resourcesIdle() || core.storedBytes() != 0 || core.reservedBytes() != 0) {
      return "11 resources: " + cast.name(worker) + " has not all of its resources back";
    }
    return null;
  }
}
