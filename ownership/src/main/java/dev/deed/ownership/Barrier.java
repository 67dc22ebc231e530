package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// This worker's part in the barrier after a death: when it has told the owners all that it must,
/// it answers, by an entry of the membership log (protocol.md §6.3).
final class Barrier {
  /*
   * State: for each death that is followed and not answered, the fetches whose bytes may still come
   * from the dead worker, the estates that are being inherited, how far each stream must be
   * acknowledged, and what the heirs must know.
   * Invariant: an answer is proposed only when no copy can come from the dead worker any more, the
   * inherited estates are complete and registered for what they hold, and everything that had been sent
   * to owners by then, the registrations that the death made necessary and the locations of what did
   * come among it, is acknowledged.  And the heirs know all that was known here when the death was
   * followed: a home keeps nothing, once the death is clear, for a task that has ended, and who serves
   * the task's estate next must not take it for one under way.
   * Failure: a proposal may be lost, so it is repeated until the answer is seen in the log; an estate
   * that is closed needs no telling; a fetch always ends.
   */
  private static final long REPEAT_NS = 200_000_000L;

  /// What keeps a death from being answered.
  private static final class Debt {
    final Set<Long> fetches;
    final Set<EstateId> takeovers;
    Map<EstateId, Long> streams;

    /// How often the heirs' word is awaited.
    int untold;

    Debt(Set<Long> fetches, Set<EstateId> takeovers, Map<EstateId, Long> streams) {
      this.fetches = fetches;
      this.takeovers = takeovers;
      this.streams = streams;
    }
  }

  private final CoreContext context;
  private final Streams streams;
  private final Fetches fetches;
  private final Map<Long, Debt> open = new LinkedHashMap<>();
  private long answered;
  private long proposed;

  Barrier(CoreContext context, Streams streams, Fetches fetches) {
    this.context = context;
    this.streams = streams;
    this.fetches = fetches;
  }

  /// The death of `dead`, entry number `death`, has been followed and all that it makes necessary
  /// has been sent.
  ///
  /// @param inheriting estates whose records are not complete here
  void followed(long death, WorkerId dead, Set<EstateId> inheriting) {
    Debt debt = new Debt(fetches.from(dead), inheriting, streams.sent());
    open.put(death, debt);
    awaitHeirs(debt);
  }

  /// The records of an inherited estate are complete, and what they hold is being registered.
  void inherited(EstateId estate) {
    for (Debt debt : open.values()) {
      if (debt.takeovers.remove(estate)) {
        debt.streams = streams.sent();
        awaitHeirs(debt);
      }
    }
  }

  private void awaitHeirs(Debt debt) {
    debt.untold++;
    context.gate.after(() -> debt.untold--);
  }

  /// Answers what can be answered by now.
  void settle() {
    if (open.isEmpty()) {
      return;
    }
    long ready = 0;
    List<Long> done = new ArrayList<>();
    for (Map.Entry<Long, Debt> entry : open.entrySet()) {
      if (!settled(entry.getValue())) {
        break;
      }
      ready = entry.getKey();
      done.add(ready);
    }
    done.forEach(open::remove);
    if (ready > proposed) {
      propose(ready);
    }
  }

  private boolean settled(Debt debt) {
    debt.takeovers.removeIf(context.log::closed);
    if (!debt.takeovers.isEmpty() || debt.untold > 0) {
      return false;
    }
    if (!debt.fetches.isEmpty()) {
      debt.fetches.removeIf(fetch -> !fetches.underWay(fetch));
      if (!debt.fetches.isEmpty()) {
        return false;
      }
      debt.streams = streams.sent();
    }
    debt.streams
        .entrySet()
        .removeIf(sent ->
            context.log.closed(sent.getKey())
                || context.estates.of(sent.getKey()) != null
                || streams.acknowledged(sent.getKey(), sent.getValue()));
    return debt.streams.isEmpty();
  }

  private void propose(long through) {
    proposed = through;
    context.effects.propose(new Entry.Answer(context.id, through));
    context.at(context.now() + REPEAT_NS, new Due.AnswerDue(through));
  }

  /// An answer has had the time to appear.
  void repeat(long through) {
    if (through == proposed && answered < through) {
      propose(through);
    }
  }

  /// An answer of this worker is in the log.
  void seen(long through) {
    answered = Math.max(answered, through);
  }

  /// Whether a death has not been answered.
  boolean owes() {
    return !open.isEmpty() || answered < proposed;
  }
}
