package dev.deed.ownership.heirs;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.Beyond.Change;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// An heir that is no worker but a journal on a disk: says what is to be written of a record log,
/// and makes an image of what was. Not thread-safe.
///
/// It keeps no records itself. Those of a feed that is not complete yet are written into a cut that
/// is open, so the image of an earlier feed stays in force, as in [EstateImage].
public final class DiskHeir {
  /*
   * State: how far the current feed has been taken; whether a cut of it is open.
   * Messages: Part, answered by Received.  The answer to a part may be given when everything up to it is
   * kept as the journal promises; the server counts with a complete one only.
   * Failure: none of its own.  A journal that fails answers nothing any more.
   */

  /// What begins with a part.
  public enum Begins {
    /// Nothing: it goes on with the cut that is open, or has no records for it.
    NOTHING,
    /// A cut.
    CUT,
    /// A cut in which there are no records at first. One that is open is given up.
    ANEW
  }

  /// What is to be done about a part.
  ///
  /// @param changes records that are made, changed or gone, in the open cut
  /// @param complete whether the cut ends, [#head] with it
  /// @param answer to be given when all of that is kept
  public record Step(Begins begins, List<Change> changes, boolean complete, Received answer) {}

  private final EstateId estate;
  private long epoch;
  private long feed;
  private long through;
  private long batch;
  private boolean open;

  /// An heir that has been told nothing.
  public DiskHeir(EstateId estate) {
    this.estate = estate;
  }

  /// Takes a part; null for one of an earlier feed. Throws [MalformedException] for records that no
  /// server wrote.
  public @Nullable Step arrived(Part part) {
    int order =
        part.epoch() != epoch ? Long.compare(part.epoch(), epoch) : Long.compare(part.feed(), feed);
    if (order < 0 || !part.estate().equals(estate)) {
      return null;
    }
    if (order > 0) {
      epoch = part.epoch();
      feed = part.feed();
      through = 0;
    }
    if (part.sequence() != through + 1) {
      boolean gap = part.sequence() > through + 1;
      return new Step(Begins.NOTHING, List.of(), false, answer(gap));
    }
    List<Change> changes = RecordBytes.read(part.records());
    Begins begins = through == 0 ? Begins.ANEW : open ? Begins.NOTHING : Begins.CUT;
    through++;
    batch = part.batch();
    open = !part.complete();
    return new Step(begins, changes, part.complete(), answer(false));
  }

  private Received answer(boolean gap) {
    return new Received(estate, epoch, feed, through, gap);
  }

  /// What is to be kept with the records of a complete cut.
  public byte[] head() {
    WireWriter out = new WireWriter(20);
    out.writeLong(epoch);
    out.writeLong(batch);
    return out.toBytes();
  }

  /// The image that was kept.
  ///
  /// @param head what [#head] gave for the cut
  /// @throws MalformedException if the head is none
  public static EstateImage image(EstateId estate, byte[] head, SortedMap<Long, byte[]> records) {
    WireReader in = new WireReader(head);
    long epoch = in.readLong();
    long batch = in.readLong();
    in.expectEnd();
    List<Change> changes = new ArrayList<>(records.size());
    records.forEach((key, record) -> changes.add(new Change(key, record)));
    EstateImage image = new EstateImage(estate, Long.MAX_VALUE);
    image.complete(new Beyond(epoch, batch, true, changes));
    return image;
  }
}
