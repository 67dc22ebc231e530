package dev.deed.transport.journal;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/// Writes a base that stands for the segments that were closed when it began, a frame at a time,
/// while cuts go on. Not thread-safe.
final class Compaction implements Closeable {
  /*
   * Invariant: a record is left out if a later cut has set or removed it, so the base is consistent only
   * with the cuts up to the one that is the last when it gets its name; those are synced before.
   * Failure: what was written under the temporary name is deleted when the journal is opened next.
   */
  private final JournalFiles files;
  private final List<Segment> sources;
  private final Records records;
  private final long number;
  private final FrameWriter base;
  private final ContentWriter content;

  /// @param sources the segments that it stands for, in order
  /// @param head of the base, whose number is that of the last of them
  Compaction(
      JournalFiles files,
      List<Segment> sources,
      Records records,
      SegmentHead head,
      ContentWriter.Room room)
      throws IOException {
    this.files = files;
    this.sources = List.copyOf(sources);
    this.records = records;
    this.number = head.number();
    this.content = new ContentWriter(room);
    room.require(SegmentHead.BYTES);
    this.base = FrameWriter.begin(files, unfinished(), head);
    room.written(SegmentHead.BYTES);
  }

  /// The segments that the base stands for.
  List<Segment> sources() {
    return sources;
  }

  /// Goes on by a frame of the sources; false when there is none left.
  boolean step() throws IOException {
    return records.step(
        (key, cut, record) -> content.add(Change.KEPT, key, record, cut, base, 0, 0));
  }

  /// Ends the base, which is consistent with the cuts up to `needed`, all synced, and gives it its
  /// name.
  Segment publish(long needed) throws IOException {
    content.end(base, needed, needed);
    base.sync();
    base.close();
    records.close();
    Segment made = new Segment(number, true, base.position());
    files.rename(unfinished(), made.name());
    files.syncNames();
    return made;
  }

  /// Ends it without a base.
  void giveUp() throws IOException {
    close();
    files.delete(unfinished());
  }

  private String unfinished() {
    return Segment.name(number, true) + Segment.UNFINISHED;
  }

  @Override
  public void close() throws IOException {
    try (base) {
      records.close();
    }
  }
}
