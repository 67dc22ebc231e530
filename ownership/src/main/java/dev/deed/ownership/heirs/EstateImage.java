package dev.deed.ownership.heirs;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.ownership.heirs.Beyond.Change;
import dev.deed.ownership.heirs.HeirMessage.Declined;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An heir's side of the record log of one estate: the records as they were at a cut. There is one
/// image for as long as the membership log names this worker as an heir. Not thread-safe.
/*
 * State. The image in force, and the parts of the current feed since the last complete one, which are staged.
 * The image of an earlier feed, also of an earlier server, stays in force until the current one's is complete:
 * it may be all that is left of the estate. What both have in common is kept once.
 *
 * Of each record the batch of its last change is known (or a later one, for a follower that was behind), and
 * what is gone is remembered, until all full heirs are known to hold it. What is gone is not known of the time
 * before the image was first complete: until all hold that batch, what is beyond is the whole image.
 *
 * Failure. If image and staged parts are larger than the limit, what is remembered of gone records is
 * forgotten (what is beyond is the whole image then); if that does not help, the feed is declined and its staged
 * parts are dropped. The image stays in force: the server counts with it.
 */
public final class EstateImage {
  /// What a record, or the memory of one that is gone, takes beside its bytes.
  private static final long ENTRY_BYTES = 100;

  /// @param record null when there is no record any more, for as long as that is remembered
  private record Kept(byte @Nullable [] record, long batch) {}

  /// What was gone at a batch. If it was made again, the next batch does not matter any more.
  private record Gone(long key, long batch) {}

  /// @param bytes what it takes beside the image
  private record Staged(Change change, long bytes) {}

  private final EstateId estate;
  private final long limitBytes;

  private Map<Long, Kept> records = new HashMap<>();
  private final Deque<Gone> gone = new ArrayDeque<>();
  private long epoch;
  private long batch;
  private long bytes;
  private long stable;
  private long goneKnownFrom;
  private boolean ofCurrentFeed;

  private long feedEpoch;
  private long feed;
  private long through;
  private long stagedBatch;
  private boolean refused;
  private Map<Long, Staged> staged = new LinkedHashMap<>();
  private long stagedBytes;

  /// An empty image that takes at most `limitBytes`, what is staged included.
  public EstateImage(EstateId estate, long limitBytes) {
    this.estate = estate;
    this.limitBytes = limitBytes;
  }

  /// Takes a part in; gives the answer to be sent, or null for a part of an earlier feed. Throws
  /// [MalformedException], with nothing changed, for records that no server wrote.
  public @Nullable HeirMessage arrived(Part part) {
    int order = order(part);
    if (order < 0 || !part.estate().equals(estate)) {
      return null;
    }
    if (order == 0 && refused) {
      return new Declined(estate, feedEpoch, feed);
    }
    long expected = order > 0 ? 1 : through + 1;
    if (part.sequence() != expected) {
      if (order > 0) {
        begin(part);
      }
      return answer(part.sequence() > expected);
    }
    List<Change> changes = RecordBytes.read(part.records());
    if (part.batch() < (order > 0 ? 1 : stagedBatch)) {
      throw new MalformedException("batch " + part.batch() + " after " + stagedBatch);
    }
    if (order > 0) {
      begin(part);
    }
    through = expected;
    stagedBatch = part.batch();
    boolean alone = staged.isEmpty() && part.complete();
    if (alone) {
      changes.forEach(change -> stagedBytes += bytesOf(change));
    } else {
      changes.forEach(this::stage);
    }
    if (!makeRoom()) {
      refused = true;
      unstage();
      return new Declined(estate, feedEpoch, feed);
    }
    if (part.complete()) {
      apply(part, alone ? changes : staged.values().stream().map(Staged::change).toList());
    }
    return answer(false);
  }

  /// Epoch of the server that the image is from; 0 before the first complete cut.
  public long epoch() {
    return epoch;
  }

  /// The cut that the image is; 0 before the first complete one.
  public long batch() {
    return batch;
  }

  /// What the image takes, with what is remembered of records that are gone; 0 before the first
  /// complete cut.
  public long bytes() {
    return bytes;
  }

  /// What the parts take that are not applied yet.
  public long stagedBytes() {
    return stagedBytes;
  }

  /// The records at the cut, by key: a copy of the map, but not of the bytes.
  public SortedMap<Long, byte[]> records() {
    SortedMap<Long, byte[]> sorted = new TreeMap<>();
    records.forEach((key, kept) -> {
      if (kept.record != null) {
        sorted.put(key, kept.record);
      }
    });
    return sorted;
  }

  /// What changed since the last batch that all full heirs are known to hold.
  public Beyond beyond() {
    if (batch == 0) {
      return Beyond.NONE;
    }
    boolean whole = stable < goneKnownFrom;
    List<Change> changes = new ArrayList<>();
    records.forEach((key, kept) -> {
      if (whole ? kept.record != null : kept.batch > stable) {
        changes.add(new Change(key, kept.record));
      }
    });
    changes.sort(Comparator.comparingLong(Change::key));
    return new Beyond(epoch, batch, whole, List.copyOf(changes));
  }

  /// Takes over what another full heir of the same dead server has beyond this image, if it has.
  /// Nothing that the dead server, or an earlier one, sent is taken after that; and there is no
  /// limit, since who completes an image is to serve the estate.
  public void complete(Beyond other) {
    boolean later = other.epoch() > epoch;
    if (!later && (other.epoch() < epoch || other.batch() <= batch)) {
      return;
    }
    if (later && !other.whole()) {
      throw new MalformedException(
          "a part of the image of epoch " + other.epoch() + " at an heir of epoch " + epoch);
    }
    unstage();
    feedEpoch = other.epoch();
    feed = Long.MAX_VALUE;
    ofCurrentFeed = false;
    if (other.whole()) {
      replace(other.changes(), other.epoch(), other.batch());
    } else {
      other.changes().forEach(change -> put(change, other.batch()));
      batch = other.batch();
    }
  }

  /// Whether the part's feed is earlier than the current one, the same, or a later one.
  private int order(Part part) {
    int byEpoch = Long.compare(part.epoch(), feedEpoch);
    return byEpoch != 0 ? byEpoch : Long.compare(part.feed(), feed);
  }

  private void begin(Part part) {
    unstage();
    feedEpoch = part.epoch();
    feed = part.feed();
    through = 0;
    refused = false;
    ofCurrentFeed = false;
  }

  private Received answer(boolean gap) {
    return new Received(estate, feedEpoch, feed, through, gap);
  }

  private void stage(Change change) {
    Staged next = staged(change);
    Staged before = staged.put(change.key(), next);
    stagedBytes += next.bytes - (before == null ? 0 : before.bytes);
  }

  private Staged staged(Change change) {
    Kept kept = ofCurrentFeed ? null : records.get(change.key());
    return kept != null && Arrays.equals(kept.record, change.record())
        ? new Staged(new Change(change.key(), kept.record), ENTRY_BYTES)
        : new Staged(change, bytesOf(change));
  }

  private static long bytesOf(Change change) {
    byte[] record = change.record();
    return ENTRY_BYTES + (record == null ? 0 : record.length);
  }

  /// Keeps to the limit if it can be done without dropping records; tells whether it was.
  private boolean makeRoom() {
    if (bytes + stagedBytes > limitBytes && !gone.isEmpty()) {
      forgetGone(batch);
      goneKnownFrom = batch;
    }
    return bytes + stagedBytes <= limitBytes;
  }

  private void unstage() {
    staged = new LinkedHashMap<>();
    stagedBytes = 0;
    stagedBatch = 0;
  }

  private void apply(Part part, List<Change> changes) {
    unstage();
    stagedBatch = part.batch();
    if (ofCurrentFeed) {
      changes.forEach(change -> put(change, part.batch()));
      batch = part.batch();
    } else {
      replace(changes, part.epoch(), part.batch());
      ofCurrentFeed = true;
    }
    stable = Math.max(stable, part.stable());
    forgetGone(stable);
  }

  private void replace(List<Change> all, long newEpoch, long newBatch) {
    records = new HashMap<>();
    gone.clear();
    bytes = 0;
    for (Change change : all) {
      if (change.record() != null) {
        put(change, newBatch);
      }
    }
    epoch = newEpoch;
    batch = newBatch;
    stable = 0;
    goneKnownFrom = newBatch;
  }

  private void put(Change change, long changedIn) {
    byte[] record = change.record();
    Kept before = records.put(change.key(), new Kept(record, changedIn));
    bytes += record == null ? 0 : ENTRY_BYTES + record.length;
    bytes -= before == null || before.record == null ? 0 : ENTRY_BYTES + before.record.length;
    if (record == null) {
      // Others may have a record there, even if this image never had.
      gone.addLast(new Gone(change.key(), changedIn));
      bytes += ENTRY_BYTES;
    }
  }

  /// Forgets what was gone by a batch. The oldest stand first.
  private void forgetGone(long by) {
    for (Gone first = gone.peekFirst();
        first != null && first.batch <= by;
        first = gone.peekFirst()) {
      gone.removeFirst();
      bytes -= ENTRY_BYTES;
      Kept kept = records.get(first.key);
      if (kept != null && kept.record == null && kept.batch == first.batch) {
        records.remove(first.key);
      }
    }
  }
}
