package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// An estate that this worker has inherited and whose records it does not know yet.
final class Takeover {
  final EstateId estate;
  final long epoch;

  /// Index of the death entry.
  final long death;

  /// Living members that have not answered the roll call.
  final Set<WorkerId> awaited;

  /// The answers, this worker's own among them.
  final Map<WorkerId, Message.RollCall> calls = new LinkedHashMap<>();

  /// What came for the estate meanwhile, in its order.
  final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  Takeover(EstateId estate, long epoch, long death, Collection<WorkerId> awaited) {
    this.estate = estate;
    this.epoch = epoch;
    this.death = death;
    this.awaited = new LinkedHashSet<>(awaited);
  }
}
