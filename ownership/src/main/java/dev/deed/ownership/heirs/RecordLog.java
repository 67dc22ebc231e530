package dev.deed.ownership.heirs;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.HeirMessage.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The server's side of the record log of one estate: tells its followers, which are its heirs and
/// those that are to become heirs, how the records are. Not thread-safe.
/*
 * State. A feed for each follower, with the keys that it lacks; the keys that changed since the last cut.
 * Nothing encoded is kept but what is in flight: a record is encoded, as it is then, when a follower has room
 * for it. So a follower that is behind costs a set of keys, and gets what it lacks in its last state only.
 *
 * Messages. A cut adds what changed to all feeds. Followers in step share what is encoded. The part with which
 * a follower lacks nothing any more is complete; an heir applies it together with those before it.
 *
 * Invariants.
 * 1. Records are encoded only while the source is as it was at the last cut (`atCut`). So all that is sent between
 *    two cuts is of the one state, what is sent before a cut and changed in it is sent again after, and what a
 *    complete part completes is the state at its batch.
 * 2. A joining follower counts from its first image on, in `held` and in `stable`, since the log may have declared it
 *    full before this server knows. It may be declared full when it holds what was cut, or changed, by then: all for
 *    which nobody waited for it, and no less than what was told as stable. (Else heirs would drop as known what it
 *    was never told.)
 *
 * Failure. A follower that lacks more keys than there are records, because most are gone, starts over.
 */
public final class RecordLog {
  /// Where messages go.
  public interface Out {
    /// Sends a message to an heir; it may be lost.
    void send(WorkerId heir, HeirMessage message);
  }

  private static final int MOST_LACKING = 1 << 16;

  private static final byte[] NOTHING = {};

  private final EstateId estate;
  private final long epoch;
  private final HeirsConfig config;
  private final RecordSource source;
  private final Out out;

  /// So many keys a follower may always lack before it starts over.
  private final int mostLacking;

  private final PartWriter writer;
  private final Map<WorkerId, Feed> feeds = new LinkedHashMap<>();
  private KeyList changed = new KeyList();
  private KeyList spare = new KeyList();

  /// How many followers take anything.
  private int active;

  /// Whether all changes since the last cut are in `changed`.
  private boolean observed;

  private long lastCut;
  private long lastFeed;

  /// The highest `stable` in any part.
  private long toldStable;

  private long sentBytes;

  /// A log that nobody follows yet, of a server that serves the estate from `epoch` on.
  public RecordLog(EstateId estate, long epoch, HeirsConfig config, RecordSource source, Out out) {
    this(estate, epoch, config, source, out, MOST_LACKING);
  }

  RecordLog(
      EstateId estate,
      long epoch,
      HeirsConfig config,
      RecordSource source,
      Out out,
      int mostLacking) {
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch " + epoch + ": they count from 1");
    }
    this.estate = estate;
    this.epoch = epoch;
    this.config = config;
    this.source = source;
    this.out = out;
    this.mostLacking = mostLacking;
    this.writer = new PartWriter(source, config.partBytes());
  }

  /// The record under `key`, which is positive, was made, changed or removed since the last cut. To
  /// be told once between two cuts, or nearly so: a key that is told twice is sent twice.
  public void changed(long key) {
    if (active == 0) {
      return;
    }
    if (key <= 0) {
      throw new IllegalArgumentException("a key is positive: " + key);
    }
    changed.add(key);
  }

  /// The last batch that was cut: what changes now belongs to a later one.
  public long lastCut() {
    return lastCut;
  }

  /// Whether anybody follows, those that declined aside.
  public boolean followed() {
    return active > 0;
  }

  /// Whether something changed since the last cut, or a follower with room lacks something.
  public boolean dirty() {
    if (!changed.isEmpty()) {
      return true;
    }
    for (Feed feed : feeds.values()) {
      if (!feed.declined() && !feed.inStep() && feed.hasRoom()) {
        return true;
      }
    }
    return false;
  }

  /// Who follows from now on, as the membership log has it. New ones begin with everything, at the
  /// next cut; those not named are forgotten. Those in `full` count in [#held] from now on: they
  /// are such as [#complete] named, or, in a new server's log, the heirs that it inherited, which
  /// count with nothing held until they have the image of this epoch.
  public void follow(List<WorkerId> joining, List<WorkerId> full) {
    Set<WorkerId> named = new LinkedHashSet<>(full);
    named.addAll(joining);
    feeds.keySet().retainAll(named);
    for (WorkerId heir : named) {
      Feed feed = feeds.get(heir);
      if (feed == null) {
        feed = new Feed(heir, config);
        feeds.put(heir, feed);
        start(feed);
      }
      feed.full(full.contains(heir));
    }
    countActive();
  }

  /// All changes up to now belong to `batch`, which is higher than any before. Sends what followers
  /// with room lack; returns how many bytes of records that were.
  public long cut(long batch, long nowNs) {
    if (batch <= lastCut) {
      throw new IllegalArgumentException("batch " + batch + " after " + lastCut);
    }
    lastCut = batch;
    if (active == 0) {
      return 0;
    }
    long before = sentBytes;
    KeyList cut = changed;
    changed = spare;
    spare = cut;
    observed = true;
    for (int i = 0; i < cut.size(); i++) {
      if (writer.shows(cut.key(i))) {
        cut.mark(i);
      }
    }
    List<Feed> inStep = new ArrayList<>(feeds.size());
    List<Feed> behind = new ArrayList<>(feeds.size());
    for (Feed feed : feeds.values()) {
      if (feed.declined()) {
        continue;
      }
      if (feed.inStep()) {
        inStep.add(feed);
      } else {
        feed.lacking().addAll(cut, 0);
        behind.add(feed);
      }
    }
    share(inStep, cut, nowNs);
    cut.clear();
    for (Feed feed : behind) {
      if (feed.lacksTooMuch()) {
        start(feed);
      }
      fill(feed, nowNs);
    }
    return sentBytes - before;
  }

  /// An heir answers. Sends more if there is room now and nothing changed since the last cut.
  public void received(WorkerId from, HeirMessage.Received message, long nowNs) {
    Feed feed = feedOf(from, message, message.feed());
    if (feed == null) {
      return;
    }
    feed.received(message.through(), message.gap(), nowNs).forEach(part -> send(feed, part));
    if (feed.held() > 0 && !feed.counts()) {
      feed.count(changed.isEmpty() ? lastCut : lastCut + 1);
    }
    if (atCut() && !feed.inStep()) {
      fill(feed, nowNs);
    }
  }

  /// The lowest batch that all full followers hold completely, and those that may be declared full
  /// at any time; [Long#MAX_VALUE] without any.
  public long held() {
    long lowest = Long.MAX_VALUE;
    for (Feed feed : feeds.values()) {
      if (feed.counts()) {
        lowest = Math.min(lowest, feed.held());
      }
    }
    return lowest;
  }

  /// Whether something is on its way to a follower for whom others wait.
  public boolean awaited() {
    for (Feed feed : feeds.values()) {
      if (feed.counts() && feed.inFlightBytes() > 0) {
        return true;
      }
    }
    return false;
  }

  /// Joining followers that hold the whole image, and may be declared full.
  public List<WorkerId> complete() {
    return heirsOf(feed -> !feed.full() && !feed.declined() && feed.mayBeFull());
  }

  /// An heir has no room for the image. It is sent nothing more; if it counts, it does with what it
  /// held, until it is not named any more.
  public void declined(WorkerId from, HeirMessage.Declined message) {
    Feed feed = feedOf(from, message, message.feed());
    if (feed != null) {
      feed.decline();
      countActive();
    }
  }

  /// Followers that declined, as long as they are named.
  public List<WorkerId> declined() {
    return heirsOf(Feed::declined);
  }

  /// Sends again what was not acknowledged in time, and tells heirs what they need not remember any
  /// more if nothing else tells them.
  public void repeat(long nowNs) {
    long reached = stable();
    for (Feed feed : feeds.values()) {
      feed.overdue(nowNs).forEach(part -> send(feed, part));
      long dueNs = stableDueNs(feed, reached);
      if (dueNs != Long.MAX_VALUE && nowNs - dueNs >= 0) {
        emit(feed, NOTHING, true, false, nowNs);
      }
    }
  }

  /// When [#repeat] has something to do; [Long#MAX_VALUE] for never.
  public long repeatDueNs() {
    long reached = stable();
    long earliest = Long.MAX_VALUE;
    for (Feed feed : feeds.values()) {
      earliest = earlier(earliest, feed.repeatDueNs());
      earliest = earlier(earliest, stableDueNs(feed, reached));
    }
    return earliest;
  }

  /// Bytes of records sent, repeats included.
  long sentBytes() {
    return sentBytes;
  }

  /// Bytes that are kept until they are acknowledged.
  long inFlightBytes() {
    return feeds.values().stream().mapToLong(Feed::inFlightBytes).sum();
  }

  /// Keys that some follower lacks, and that changed since the last cut.
  long lackingKeys() {
    return changed.size() + feeds.values().stream().mapToLong(f -> f.lacking().size()).sum();
  }

  /// Gives followers in step what changed. Who has no room for a part of it is behind from there.
  private void share(List<Feed> inStep, KeyList keys, long nowNs) {
    if (keys.isEmpty()) {
      // Also for those without room: nothing else would ever say that they are at this cut.
      inStep.forEach(feed -> feed.follows(lastCut));
      return;
    }
    writer.begin(keys);
    while (true) {
      int from = writer.end();
      leaveBehind(inStep, feed -> !feed.hasRoom(), keys, from);
      if (inStep.isEmpty()) {
        return;
      }
      byte[] records = writer.next();
      leaveBehind(inStep, feed -> !feed.admits(records.length), keys, from);
      for (Feed feed : inStep) {
        give(feed, records, nowNs);
      }
      if (writer.atEnd()) {
        return;
      }
    }
  }

  private static void leaveBehind(
      List<Feed> inStep, Predicate<Feed> leaves, KeyList keys, int from) {
    inStep.removeIf(feed -> {
      boolean left = leaves.test(feed);
      if (left) {
        feed.lacking().addAll(keys, from);
      }
      return left;
    });
  }

  /// Gives a follower that is behind what it lacks, as far as there is room.
  private void fill(Feed feed, long nowNs) {
    if (!atCut()) {
      throw new IllegalStateException("records that belong to no cut yet would be sent");
    }
    writer.begin(feed.lacking());
    int given = 0;
    boolean all = false;
    while (!all && feed.hasRoom()) {
      byte[] records = writer.next();
      if (!feed.admits(records.length)) {
        break;
      }
      given = writer.end();
      all = writer.atEnd();
      give(feed, records, nowNs);
    }
    feed.lacking().removeFirst(given);
  }

  /// Gives a follower the part that was just written.
  private void give(Feed feed, byte[] records, long nowNs) {
    if (records.length == 0 && !feed.open()) {
      // All that it lacked came and went.
      feed.follows(lastCut);
    } else {
      emit(feed, records, writer.atEnd(), writer.gone(), nowNs);
    }
  }

  private void emit(Feed feed, byte[] records, boolean complete, boolean gone, long nowNs) {
    toldStable = stable();
    Part part =
        new Part(
            estate,
            epoch,
            feed.number(),
            feed.nextSequence(),
            lastCut,
            toldStable,
            complete,
            records);
    feed.sent(part, gone, nowNs);
    send(feed, part);
  }

  private void send(Feed feed, Part part) {
    sentBytes += part.records().length;
    out.send(feed.heir(), part);
  }

  private void start(Feed feed) {
    long[] keys = source.keys();
    feed.start(++lastFeed, keys, Math.clamp(2L * keys.length, mostLacking, 1 << 30));
  }

  /// Whether the source is known to be as it was at the last cut.
  private boolean atCut() {
    return observed && changed.isEmpty();
  }

  /// What may be told as stable now. It does not fall.
  private long stable() {
    long held = held();
    return held == Long.MAX_VALUE ? toldStable : Math.max(toldStable, held);
  }

  private long stableDueNs(Feed feed, long reached) {
    return atCut() && !feed.declined() ? feed.stableDueNs(reached) : Long.MAX_VALUE;
  }

  /// Of two times either of which may be never, the earlier: clocks may overflow.
  private static long earlier(long one, long other) {
    if (one == Long.MAX_VALUE || other == Long.MAX_VALUE) {
      return Math.min(one, other);
    }
    return one - other < 0 ? one : other;
  }

  private @Nullable Feed feedOf(WorkerId from, HeirMessage message, long number) {
    Feed feed = feeds.get(from);
    boolean meant =
        feed != null
            && !feed.declined()
            && feed.number() == number
            && message.epoch() == epoch
            && message.estate().equals(estate);
    return meant ? feed : null;
  }

  private List<WorkerId> heirsOf(Predicate<Feed> which) {
    return feeds.values().stream().filter(which).map(Feed::heir).toList();
  }

  private void countActive() {
    active = (int) feeds.values().stream().filter(feed -> !feed.declined()).count();
    if (active == 0) {
      changed.clear();
      writer.forget();
      observed = false;
    }
  }
}
