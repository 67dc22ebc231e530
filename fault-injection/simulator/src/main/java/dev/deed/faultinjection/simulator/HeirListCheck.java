package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.ownership.Entry;
import java.util.List;

/// A living full heir leaves the list only when as many others as are wanted are full (protocol.md
/// §3).
final class HeirListCheck implements Check {
  private final World world;

  HeirListCheck(World world) {
    this.world = world;
  }

  @Override
  public void heirsChanged(EstateId estate, List<Entry.Heir> before, List<Entry.Heir> after) {
    long full = after.stream().filter(Entry.Heir::full).count();
    int wanted = world.plan.settings().heirs().count();
    for (Entry.Heir heir : before) {
      if (heir.full()
          && full < wanted
          && world.log.truth().lives(heir.worker())
          && !after.contains(heir)) {
        throw new ViolationException(
            "3 heir list",
            world.node(heir.worker()) + " leaves the heirs of " + estate + ", who are " + after);
      }
    }
  }
}
