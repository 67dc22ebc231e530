package dev.deed.ownership;

import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.RecordLog;
import java.util.ArrayDeque;

/// What waits until the heirs know why it is done: in `ASYNC` acknowledgements and all that gives
/// something up, in `SYNC` everything that leaves this worker (protocol.md §2, §3).
///
/// In `NONE`, and while there is no full heir, nothing waits and nothing is paid.
final class Gate {
  /*
   * State: the number of the open batch, to which belongs what changes now; what waits, each for a batch, and
   * apart from that what waits for as many heirs as there can be, too.
   * The batches of all estates that this worker serves are cut together, so that there is one order.
   * Invariant: what waits is done in the order in which it came, and only when all full heirs of all
   * estates hold the batch that was open then.
   * Failure: an heir that dies counts no longer when its death is followed.
   *
   * How long changes are gathered. In ASYNC at least `batchNs`, and longer when the last batch took much: what
   * a busy owner tells grows with how often it does, since each time all that is under way is told. So it tells a
   * byte in NS_PER_BYTE at most. In SYNC, where all wait, until the heirs hold the batch before: what comes
   * meanwhile goes together.
   */
  private static final long NS_PER_BYTE = 150;

  /// Changes are never gathered longer than so many times `batchNs`.
  private static final int MOST_BATCHES = 20;

  private record Waiting(long batch, Runnable work) {}

  private final CoreContext context;
  private final HeirsConfig config;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<Waiting> surviving = new ArrayDeque<>();
  private boolean followed;
  private boolean tooFew;
  private long open = 1;
  private long held = Long.MAX_VALUE;
  private long lastCutNs = Long.MIN_VALUE / 2;
  private long gatherNs;
  private boolean armed;
  private boolean soon;

  Gate(CoreContext context) {
    this.context = context;
    this.config = context.config.heirs();
  }

  /// Whether all output waits.
  boolean holdsOutput() {
    return config.mode() == HeirsConfig.Mode.SYNC;
  }

  /// Does `work` when the heirs know all that has happened by now; at once if they do.
  void after(Runnable work) {
    long batch = batch();
    if (waiting.isEmpty() && passed(batch)) {
      work.run();
    } else {
      line(waiting, batch, work);
    }
  }

  /// Puts `work` at the end of a line. It is not done before what is ahead of it, so it waits for
  /// no earlier batch: the last one in a line tells whether somebody waits for the open batch.
  private static void line(ArrayDeque<Waiting> line, long batch, Runnable work) {
    Waiting last = line.peekLast();
    line.add(new Waiting(last == null ? batch : Math.max(batch, last.batch), work));
  }

  /// The same, for what somebody waits for: the batch is not made longer for the sake of its price.
  void afterSoon(Runnable work) {
    after(work);
    soon |= !waiting.isEmpty();
  }

  /// The same, for what must survive: not before the estates have as many heirs as they can have.
  void afterAll(Runnable work) {
    long batch = batch();
    if (!tooFew && passed(batch)) {
      work.run();
    } else {
      line(surviving, batch, work);
      soon = true;
    }
  }

  /// The batch with which the heirs will know all that has happened by now.
  long batch() {
    return !followed ? 0 : isDirty() ? open : open - 1;
  }

  /// Whether the heirs know all that happened by that batch.
  boolean passed(long batch) {
    return batch <= held;
  }

  private boolean isDirty() {
    if (isDirty(context.estates.own)) {
      return true;
    }
    for (Estate estate : context.estates.inherited()) {
      if (isDirty(estate)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isDirty(Estate estate) {
    return estate.log != null && estate.log.log().dirty();
  }

  /// A batch of events has ended: what has changed is sent now or, so that many changes go
  /// together, a little later. Tells whether it was sent.
  boolean endBatch() {
    // What made the batch dirty may have gone with its estate, and something wait for the batch.
    if (!followed || (!isDirty() && !waitsForOpenBatch())) {
      return false;
    }
    if (holdsOutput() || soon) {
      if (isBatchUnderWay()) {
        return false;
      }
      cut();
      return true;
    }
    long due = lastCutNs + gatherNs;
    if (context.now() >= due) {
      cut();
      return true;
    }
    if (!armed) {
      armed = true;
      context.at(due, new Due.CutDue());
    }
    return false;
  }

  private boolean waitsForOpenBatch() {
    Waiting last = waiting.peekLast();
    Waiting survives = surviving.peekLast();
    return (last != null && last.batch >= open) || (survives != null && survives.batch >= open);
  }

  private boolean isBatchUnderWay() {
    for (Estate estate : context.estates.all()) {
      if (estate.log != null && estate.log.log().awaited()) {
        return true;
      }
    }
    return false;
  }

  /// The time of a batch has come: it ends with the events of now.
  void cutDue() {
    armed = false;
  }

  private void cut() {
    long batch = open++;
    soon = false;
    lastCutNs = context.now();
    long bytes = 0;
    for (Estate estate : context.estates.all()) {
      if (estate.log != null && estate.log.log().followed()) {
        bytes += estate.log.log().cut(batch, context.now());
      }
    }
    long most = MOST_BATCHES * config.batchNs();
    gatherNs = Math.clamp(bytes * NS_PER_BYTE, config.batchNs(), most);
    advance();
  }

  /// Who follows the logs has changed.
  ///
  /// @param fewer whether an estate has fewer full heirs than it could, for which `SYNC` waits
  void heirsChanged(boolean fewer) {
    followed = false;
    for (Estate estate : context.estates.all()) {
      followed |= estate.log != null && estate.log.log().followed();
    }
    tooFew = fewer;
    advance();
  }

  /// Heirs may have told that they hold more.
  void advance() {
    held = computeHeld();
    Waiting next;
    while ((next = waiting.peek()) != null && passed(next.batch)) {
      waiting.poll();
      next.work.run();
    }
    while (!tooFew && (next = surviving.peek()) != null && passed(next.batch)) {
      surviving.poll();
      next.work.run();
    }
  }

  private long computeHeld() {
    if (holdsOutput() && tooFew) {
      return -1;
    }
    long least = Long.MAX_VALUE;
    for (Estate estate : context.estates.all()) {
      if (estate.log != null && estate.log.log().followed()) {
        RecordLog log = estate.log.log();
        least = Math.min(least, log.held());
      }
    }
    return least;
  }

  /// How much waits.
  int size() {
    return waiting.size() + surviving.size();
  }
}
