package dev.deed.faultinjection.explorer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The fields of a core that a [CanonicalDump] leaves out or writes in another form, so that states
/// which behave alike are one.
final class Lenses {
  /// What is done with a field.
  enum Lens {
    /// Written by value.
    AS_IT_IS,
    /// Not written.
    LEFT_OUT,
    /// A point in time, written as its distance from now.
    FROM_NOW,
    /// A point in time or, as [Long#MAX_VALUE], never; written as its distance from now.
    FROM_NOW_IF_EVER,
    /// A point in time of which only the age counts, and that only up to a limit.
    AGE
  }

  /*
   * Why each is sound:
   * - The time itself: a core adds durations to it and compares it with what it has added, so only
   *   distances count. The order numbers of timers count where two fall due at once: the queue is
   *   written in that order.
   * - Who the core is, its numbers and its effects never change.
   * - A table's hashes follow from the ids of its records; those of empty places are never read.
   * - Calls: `made` and `ended` are only told to people; `last` is a cache of an entry of `families`,
   *   or of an empty family, which is as good as none.
   * - The age of a lease's last use is compared with `leaseIdleNs` alone, that of what was sent to an heir
   *   with `repeatNs`, which is shorter.
   * - Batches end with each event here, so that it does not matter when the last one was cut, and no record
   *   has changed since.
   * - What a log writes parts with is empty between two events; what was sent is counted for people.
   */
  private static final Map<String, Lens> BY_NAME =
      Map.ofEntries(
          Map.entry("CoreContext.self", Lens.LEFT_OUT),
          Map.entry("CoreContext.config", Lens.LEFT_OUT),
          Map.entry("CoreContext.effects", Lens.LEFT_OUT),
          Map.entry("CoreContext.nowNs", Lens.LEFT_OUT),
          Map.entry("CoreContext.timed", Lens.LEFT_OUT),
          Map.entry("CoreContext$Timed.order", Lens.LEFT_OUT),
          Map.entry("CoreContext$Timed.dueNs", Lens.FROM_NOW),
          Map.entry("IdTable.hashes", Lens.LEFT_OUT),
          Map.entry("Calls.made", Lens.LEFT_OUT),
          Map.entry("Calls.ended", Lens.LEFT_OUT),
          Map.entry("Calls.last", Lens.LEFT_OUT),
          Map.entry("TaskLease.lastUsedNs", Lens.AGE),
          Map.entry("TaskRecord.changedAfter", Lens.LEFT_OUT),
          Map.entry("ObjectRecord.changedAfter", Lens.LEFT_OUT),
          Map.entry("Incoming.changedAfter", Lens.LEFT_OUT),
          Map.entry("TaskRecord.specifiedAfter", Lens.LEFT_OUT),
          Map.entry("Gate.config", Lens.LEFT_OUT),
          Map.entry("Gate.lastCutNs", Lens.LEFT_OUT),
          Map.entry("Heirs.config", Lens.LEFT_OUT),
          Map.entry("Heirs.armedNs", Lens.FROM_NOW_IF_EVER),
          Map.entry("Heirs$Proposed.dueNs", Lens.FROM_NOW),
          Map.entry("RecordLog.config", Lens.LEFT_OUT),
          Map.entry("RecordLog.out", Lens.LEFT_OUT),
          Map.entry("RecordLog.sentBytes", Lens.LEFT_OUT),
          Map.entry("Feed.config", Lens.LEFT_OUT),
          Map.entry("Feed.sinceNs", Lens.AGE),
          Map.entry("PartWriter.out", Lens.LEFT_OUT),
          Map.entry("PartWriter.record", Lens.LEFT_OUT),
          Map.entry("PartWriter.keys", Lens.LEFT_OUT),
          Map.entry("PartWriter.encoded", Lens.LEFT_OUT),
          Map.entry("PartWriter.end", Lens.LEFT_OUT),
          Map.entry("PartWriter.gone", Lens.LEFT_OUT),
          Map.entry("PartWriter.carriedGone", Lens.LEFT_OUT));

  private final long oldestNs;
  private final Map<String, Boolean> used = new HashMap<>();
  private Lens[] bySlot = new Lens[0];

  /// @param leaseIdleNs the age beyond which a lease's last use does not matter
  Lenses(long leaseIdleNs) {
    this.oldestNs = leaseIdleNs;
  }

  long oldestNs() {
    return oldestNs;
  }

  Lens of(ClassShapes.Slot slot) {
    if (slot.number() >= bySlot.length) {
      bySlot = Arrays.copyOf(bySlot, 2 * slot.number() + 16);
    }
    Lens lens = bySlot[slot.number()];
    if (lens == null) {
      lens = BY_NAME.getOrDefault(slot.name(), Lens.AS_IT_IS);
      bySlot[slot.number()] = lens;
      used.put(slot.name(), true);
    }
    return lens;
  }

  /// Names of lenses for fields that no dump has met: their fields have other names by now.
  java.util.List<String> unused() {
    return BY_NAME.keySet().stream().filter(name -> !used.containsKey(name)).sorted().toList();
  }
}
