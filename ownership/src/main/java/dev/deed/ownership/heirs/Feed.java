package dev.deed.ownership.heirs;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.HeirMessage.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// What one follower was sent, and what it lacks.
/*
 * State. A follower is *in step* when it was sent all as of the last cut. Else it lacks the keys in `lacking`,
 * or only the complete part that says so (`open`).
 *
 * Failure. Parts that are not acknowledged are sent again from the first on: at once when a gap is told, but
 * once only for the same gap, since every later part that is on its way tells it again; and after a time
 * without answer. From the second such time on only the first part is sent until it is answered: a follower
 * that is slow must not be given all of it again and again.
 */
final class Feed {
  /// What a part takes beside its records, so that many small ones do not take more than a window.
  static final int PART_BYTES = 128;

  /// @param brings the cut that the follower is at with it; 0 for a part that is not complete
  private record Sent(Part part, long brings) {
    int bytes() {
      return part.records().length + PART_BYTES;
    }
  }

  private final WorkerId heir;
  private final HeirsConfig config;
  private final Deque<Sent> inFlight = new ArrayDeque<>();
  private final KeyQueue lacking = new KeyQueue();
  private boolean full;
  private long countsFrom = Long.MAX_VALUE;
  private boolean declined;
  private long number;
  private long lastSequence;
  private long inFlightBytes;
  private boolean open;
  private int mostLacking;
  private long held;

  /// Room that is worth trying: what the next part takes, if it is known.
  private long wanted;

  private long sinceNs;
  private boolean waitsLong;
  private long wentBackTo;

  private long toldStable;
  private boolean stagedGone;
  private long goneAt;

  Feed(WorkerId heir, HeirsConfig config) {
    this.heir = heir;
    this.config = config;
  }

  /// Begins with everything, under a new number.
  void start(long newNumber, long[] keys, int mostLackingKeys) {
    number = newNumber;
    lastSequence = 0;
    drop();
    open = true;
    waitsLong = false;
    wentBackTo = -1;
    mostLacking = mostLackingKeys;
    wanted = usualRoom();
    toldStable = 0;
    stagedGone = false;
    goneAt = 0;
    for (long key : keys) {
      lacking.add(key, false);
    }
  }

  WorkerId heir() {
    return heir;
  }

  long number() {
    return number;
  }

  boolean full() {
    return full;
  }

  void full(boolean isFull) {
    full = isFull;
  }

  /// Whether what waits for the heirs waits for this one.
  boolean counts() {
    return full || countsFrom != Long.MAX_VALUE;
  }

  /// What waits for the heirs waits for this one from now on: it may be declared full, which is not
  /// known at once, when it holds `batch`. Then it holds all for which nobody has waited.
  void count(long batch) {
    countsFrom = batch;
  }

  /// Whether it may be declared full.
  boolean mayBeFull() {
    return held > 0 && held >= countsFrom;
  }

  boolean declined() {
    return declined;
  }

  /// Takes nothing more; what it holds it still does.
  void decline() {
    declined = true;
    drop();
  }

  KeyQueue lacking() {
    return lacking;
  }

  /// Whether so much is lacking that all records are less.
  boolean lacksTooMuch() {
    return lacking.size() > mostLacking;
  }

  boolean inStep() {
    return !open && lacking.isEmpty();
  }

  /// The cut that the follower is known to hold; 0 while it has no image.
  long held() {
    return held;
  }

  /// The follower is at `cut` with what it was sent: nothing changed since.
  void follows(long cut) {
    Sent last = inFlight.pollLast();
    if (last == null) {
      held = cut;
    } else {
      inFlight.addLast(new Sent(last.part, cut));
    }
  }

  boolean hasRoom() {
    return inFlight.isEmpty() || inFlightBytes + wanted <= config.windowBytes();
  }

  /// Whether a part of so many bytes may go.
  boolean admits(int recordBytes) {
    wanted = (long) recordBytes + PART_BYTES;
    return hasRoom();
  }

  /// Whether the follower needs a complete part even if nothing is in it.
  boolean open() {
    return open;
  }

  long nextSequence() {
    return lastSequence + 1;
  }

  /// Keeps a part until it is acknowledged.
  void sent(Part part, boolean gone, long nowNs) {
    if (inFlight.isEmpty()) {
      sinceNs = nowNs;
    }
    Sent sent = new Sent(part, part.complete() ? part.batch() : 0);
    inFlight.addLast(sent);
    inFlightBytes += sent.bytes();
    lastSequence = part.sequence();
    open = !part.complete();
    wanted = usualRoom();
    toldStable = part.stable();
    stagedGone |= gone;
    if (part.complete() && stagedGone) {
      goneAt = part.batch();
      stagedGone = false;
    }
  }

  /// All parts up to `through` arrived. Gives what is to be sent again.
  List<Part> received(long through, boolean gap, long nowNs) {
    if (through > lastSequence) {
      // It can't have what it was not sent.
      return List.of();
    }
    boolean progress = false;
    for (Sent first = inFlight.peekFirst();
        first != null && first.part.sequence() <= through;
        first = inFlight.peekFirst()) {
      inFlight.removeFirst();
      inFlightBytes -= first.bytes();
      held = Math.max(held, first.brings);
      progress = true;
    }
    boolean restAgain = progress && waitsLong;
    if (progress) {
      sinceNs = nowNs;
      waitsLong = false;
    }
    if (inFlight.isEmpty()) {
      return List.of();
    }
    long acknowledged = inFlight.getFirst().part.sequence() - 1;
    boolean newGap = gap && through == acknowledged && wentBackTo != acknowledged;
    return restAgain || newGap ? again(nowNs) : List.of();
  }

  /// When something is to be sent again; [Long#MAX_VALUE] for never.
  long repeatDueNs() {
    return inFlight.isEmpty() ? Long.MAX_VALUE : sinceNs + config.repeatNs();
  }

  /// What is to be sent again because no answer came in time.
  List<Part> overdue(long nowNs) {
    if (inFlight.isEmpty() || nowNs - repeatDueNs() < 0) {
      return List.of();
    }
    if (waitsLong) {
      sinceNs = nowNs;
      return List.of(inFlight.getFirst().part);
    }
    waitsLong = true;
    return again(nowNs);
  }

  /// When the follower, which is told nothing else, is to be told that `stable` is so high that it
  /// need not remember any more what is gone; [Long#MAX_VALUE] for never.
  long stableDueNs(long stable) {
    boolean matters = toldStable < goneAt && goneAt <= stable;
    return matters && inStep() && inFlight.isEmpty() ? sinceNs + config.repeatNs() : Long.MAX_VALUE;
  }

  long inFlightBytes() {
    return inFlightBytes;
  }

  private List<Part> again(long nowNs) {
    sinceNs = nowNs;
    wentBackTo = inFlight.getFirst().part.sequence() - 1;
    List<Part> parts = new ArrayList<>(inFlight.size());
    inFlight.forEach(sent -> parts.add(sent.part));
    return parts;
  }

  private long usualRoom() {
    return (long) config.partBytes() + PART_BYTES;
  }

  private void drop() {
    inFlight.clear();
    inFlightBytes = 0;
    lacking.clear();
  }
}
