package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// This worker's part in the barrier after a death: when it has told the owners all that it must,
/// it answers, by an entry of the membership log (protocol.md §6.3).
final class Barrier {
  /*
   * State: for each death that is followed and not answered, how far each stream must be acknowledged.
   * Invariant: an answer is proposed only when everything that had been sent to owners when the death
   * was followed, the registrations that it made necessary among it, is acknowledged.
   * Failure: a proposal may be lost, so it is repeated until the answer is seen in the log; an estate
   * that is closed needs no telling.
   */
  private static final long REPEAT_NS = 200_000_000L;

  private final CoreContext context;
  private final Streams streams;
  private final Map<Long, Map<EstateId, Long>> open = new LinkedHashMap<>();
  private long answered;
  private long proposed;

  Barrier(CoreContext context, Streams streams) {
    this.context = context;
    this.streams = streams;
  }

  /// A death has been followed and all that it makes necessary has been sent.
  void followed(long death) {
    open.put(death, streams.sent());
  }

  /// Answers what can be answered by now.
  void settle() {
    if (open.isEmpty()) {
      return;
    }
    long ready = 0;
    List<Long> done = new ArrayList<>();
    for (Map.Entry<Long, Map<EstateId, Long>> entry : open.entrySet()) {
      Map<EstateId, Long> rest = entry.getValue();
      rest.entrySet()
          .removeIf(sent ->
              context.log.closed(sent.getKey())
                  || streams.acknowledged(sent.getKey(), sent.getValue()));
      if (!rest.isEmpty()) {
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
