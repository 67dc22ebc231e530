package dev.deed.transport.journal;

import dev.deed.lineage.wire.MalformedException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes through segments that are known to be good, frame by frame, and tells the records that
/// still are there. One of a cut that was given up is told as well if a later cut of that number
/// sets its key; that one comes after it. Not thread-safe.
final class Records implements Closeable {
  private final JournalFiles files;
  private final Index index;
  private final Deque<Segment> left;
  private final Changes changes;
  private @Nullable FrameReader reader;

  Records(JournalFiles files, Index index, List<Segment> segments, int mostRecordBytes) {
    this.files = files;
    this.index = index;
    this.left = new ArrayDeque<>(segments);
    this.changes = new Changes(mostRecordBytes);
  }

  /// Reads one frame and tells `to` the records that end in it. False when there is none left.
  boolean step(RecordVisitor to) throws IOException {
    FrameReader open = reader;
    while (open == null || open.atEnd()) {
      if (open != null) {
        open.close();
        reader = null;
        left.removeFirst();
      }
      Segment segment = left.peekFirst();
      if (segment == null) {
        return false;
      }
      open = new FrameReader(files.open(segment.name()), segment.number(), segment.bytes());
      reader = open;
      open.skipHead();
      changes.forget();
    }
    String name = left.getFirst().name();
    if (!open.next()) {
      throw new JournalCorruptException(
          name, open.position(), "what could be read before can't be read any more");
    }
    Frame frame = open.frame();
    if (frame.has(Frame.FIRST)) {
      changes.forget();
    }
    try {
      for (Change change : changes.next(open.content())) {
        if (change instanceof Change.Set(Key key, long kept, byte[] record)) {
          long cut = kept == 0 ? frame.cut() : kept;
          if (index.isOf(key, cut)) {
            to.record(key.bytes(), cut, record);
          }
        }
      }
    } catch (MalformedException e) {
      throw new JournalCorruptException(name, open.position(), String.valueOf(e.getMessage()));
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    FrameReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
