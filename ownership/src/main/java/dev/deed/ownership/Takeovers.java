package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The estates that this worker has inherited, until their records are complete (protocol.md §4).
final class Takeovers {
  /*
   * Messages: RollCall (from each living member).
   * Invariants: nothing of the estate is decided or answered before all members that lived at the death
   * have answered the roll call, or died.  An answer is sent when the death has been followed, so the
   * last of them is also the fence: nobody applies anything of the dead server any more.
   * Failure: a member that dies is waited for no longer; what it had sent counts.
   */
  private final CoreContext context;
  private final RollCalls rollCalls;
  private final Map<EstateId, Takeover> open = new LinkedHashMap<>();

  Takeovers(CoreContext context, RollCalls rollCalls) {
    this.context = context;
    this.rollCalls = rollCalls;
  }

  /// This worker serves the estate from here on.
  void begin(EstateId estate, long epoch, long death) {
    List<WorkerId> others = new ArrayList<>();
    for (Member member : context.log.members()) {
      if (!member.id().equals(context.id)) {
        others.add(member.id());
      }
    }
    Takeover takeover = new Takeover(estate, epoch, death, others);
    takeover.calls.put(context.id, rollCalls.of(estate, death));
    open.put(estate, takeover);
  }

  /// Whether the estate's records are not complete: what concerns it is to wait.
  boolean holds(EstateId estate) {
    return !open.isEmpty() && open.containsKey(estate);
  }

  /// Does `work` when the records of an estate that is held are complete.
  void defer(EstateId estate, Runnable work) {
    Invariants.present(open.get(estate), "estate being inherited").waiting.add(work);
  }

  /// A member has answered.
  void called(WorkerId from, Message.RollCall call) {
    Takeover takeover = open.get(call.estate());
    if (takeover != null && takeover.death == call.death() && takeover.awaited.remove(from)) {
      takeover.calls.put(from, call);
    }
  }

  /// A member is dead: it is waited for no longer.
  void followDeath(WorkerId dead) {
    open.values().forEach(takeover -> takeover.awaited.remove(dead));
  }

  /// Gives those that all have answered to `complete`.
  void settle(Consumer<Takeover> complete) {
    if (open.isEmpty()) {
      return;
    }
    for (Takeover takeover : List.copyOf(open.values())) {
      if (takeover.awaited.isEmpty()) {
        open.remove(takeover.estate);
        complete.accept(takeover);
      }
    }
  }

  /// The estates whose records are not complete.
  Set<EstateId> estates() {
    return new LinkedHashSet<>(open.keySet());
  }

  int size() {
    return open.size();
  }
}
