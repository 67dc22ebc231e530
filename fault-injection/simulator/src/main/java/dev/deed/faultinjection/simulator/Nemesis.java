package dev.deed.faultinjection.simulator;

import dev.deed.ownership.Entry;
import java.util.List;

/// Puts the faults of a plan on the agenda.
final class Nemesis {
  private final World world;

  Nemesis(World world) {
    this.world = world;
  }

  /// Schedules all faults of the world's plan.
  void schedule() {
    for (Fault fault : world.plan.faults()) {
      world.agenda.at(fault.atNs(), () -> strike(fault));
    }
  }

  /// Does it now. A fault of a worker that is not there does nothing.
  void strike(Fault fault) {
    world.trace.tellWorld("fault " + fault);
    long now = world.nowNs;
    switch (fault) {
      case Fault.Crash(_, int worker) -> {
        if (exists(worker)) {
          world.crash(world.nodes.get(worker), "killed");
        }
      }
      case Fault.Pause(_, int worker, long forNs) -> {
        if (exists(worker)) {
          Node node = world.nodes.get(worker);
          node.pause(forNs);
          world.log.unreachable(node, now + forNs);
        }
      }
      case Fault.Cut(_, int from, int to, long forNs) -> {
        if (exists(from) && exists(to)) {
          world.links.cut(world.nodes.get(from), world.nodes.get(to), now + forNs);
        }
      }
      case Fault.CutFromLog(_, int worker, long forNs) -> {
        if (exists(worker)) {
          world.log.cut(world.nodes.get(worker), now + forNs);
        }
      }
      case Fault.Break(_, int from, int to, long reconnectNs) -> {
        if (exists(from) && exists(to)) {
          world.links.breakUntil(world.nodes.get(from), world.nodes.get(to), now + reconnectNs);
        }
      }
      case Fault.Slow(_, int from, int to, long forNs, long byNs) -> {
        if (exists(from) && exists(to)) {
          world.links.slow(world.nodes.get(from), world.nodes.get(to), now + forNs, byNs);
        }
      }
      case Fault.CutHeirs(_, int from, int to, long forNs) -> {
        if (exists(from) && exists(to)) {
          world.heirLinks.cut(world.nodes.get(from), world.nodes.get(to), now + forNs);
        }
      }
      case Fault.LagHeir(_, int worker, long forNs, long byNs) -> {
        if (exists(worker)) {
          world.heirLinks.lag(world.nodes.get(worker), now + forNs, byNs);
        }
      }
      case Fault.CrashWithHeirs(_, int worker, int heirs, long withinNs) -> {
        if (exists(worker)) {
          crashWithHeirs(world.nodes.get(worker), heirs, withinNs);
        }
      }
      case Fault.CrashUnheard(_, int worker, long unheardNs) -> {
        if (exists(worker)) {
          Node owner = world.nodes.get(worker);
          for (Node other : world.nodes) {
            world.heirLinks.cut(owner, other, now + unheardNs);
          }
          world.agenda.at(now + unheardNs, () -> world.crash(owner, "killed"));
        }
      }
      case Fault.CrashSuccessor(_, int worker, long afterNs) -> {
        if (exists(worker)) {
          Node owner = world.nodes.get(worker);
          world.log.whenDead(owner, () -> crashServerLater(owner, afterNs));
          world.crash(owner, "killed");
        }
      }
      case Fault.LogOutage(_, long forNs) -> world.log.outage(now + forNs);
      case Fault.Delay delay -> world.links.delay(delay);
      case Fault.CrashDriver(_, long serverAfterNs) -> {
        world.job.crashServerAfter(serverAfterNs);
        world.crash(world.job.driver(), "killed as the driver");
      }
      case Fault.Join(_, int cpus) -> world.join(cpus);
    }
  }

  private void crashWithHeirs(Node owner, int heirs, long withinNs) {
    List<Entry.Heir> all = world.log.truth().heirs(owner.estate);
    for (int i = 0; i < Math.min(heirs, all.size()); i++) {
      Node heir = world.node(all.get(i).worker());
      world.agenda.at(
          world.nowNs + withinNs * (i + 1) / heirs, () -> world.crash(heir, "killed as an heir"));
    }
    world.crash(owner, "killed");
  }

  private void crashServerLater(Node owner, long afterNs) {
    Node server = world.log.truth().server(owner.estate).map(world::node).orElse(null);
    if (server != null) {
      world.agenda.at(world.nowNs + afterNs, () -> world.crash(server, "killed as the successor"));
    }
  }

  private boolean exists(int worker) {
    return worker < world.nodes.size() && !world.nodes.get(worker).gone();
  }
}
