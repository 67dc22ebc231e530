package dev.deed.transport.journal;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.wire.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads all segments of a journal, once, to find which records there are.
final class Scan {
  /*
   * State: what has been read so far: the last complete cut, the index as of it, the changes of the cut after.
   * Invariants: cuts follow each other without a gap, also from segment to segment.  A base is consistent
   * only with the cuts up to `needed`, which had been synced before it got its name.
   * Failure: see the package's documentation.
   */
  private final JournalFiles files;
  private final int mostRecordBytes;
  private final Index index = new Index();
  private final List<Segment> segments = new ArrayList<>();
  private final List<String> obsolete = new ArrayList<>();
  private final List<Runnable> pending = new ArrayList<>();
  private Optional<EstateId> estate = Optional.empty();
  private long last;
  private long needed;
  private long tornBytes;

  private Scan(JournalFiles files, int mostRecordBytes) {
    this.files = files;
    this.mostRecordBytes = mostRecordBytes;
  }

  /// Reads what is there.
  static Scan of(JournalFiles files, int mostRecordBytes) throws IOException {
    Scan scan = new Scan(files, mostRecordBytes);
    scan.read(scan.list());
    return scan;
  }

  /// Whose journal it is; empty if there is none, or one that was not completely made.
  Optional<EstateId> estate() {
    return estate;
  }

  Index index() {
    return index;
  }

  /// The segments to be read, in order, as far as they are good.
  List<Segment> segments() {
    return segments;
  }

  /// Files that have no meaning any more, or never got one.
  List<String> obsolete() {
    return obsolete;
  }

  /// The last complete cut.
  long last() {
    return last;
  }

  /// Bytes at the end that belong to no complete cut.
  long tornBytes() {
    return tornBytes;
  }

  /// The files to be read, a base first if there is one.
  private List<Segment> list() throws IOException {
    SortedMap<Long, Segment> logs = new TreeMap<>();
    List<Segment> bases = new ArrayList<>();
    for (String name : files.names()) {
      Optional<Segment> segment = Segment.parse(name, 0);
      if (name.endsWith(Segment.UNFINISHED)) {
        obsolete.add(name);
      } else if (segment.isPresent() && segment.get().base()) {
        bases.add(segment.get());
      } else {
        segment.ifPresent(log -> logs.put(log.number(), log));
      }
    }
    bases.sort(Comparator.comparingLong(Segment::number));
    List<Segment> wanted = new ArrayList<>();
    if (!bases.isEmpty()) {
      Segment base = bases.removeLast();
      bases.forEach(older -> obsolete.add(older.name()));
      SortedMap<Long, Segment> covered = logs.headMap(base.number() + 1);
      covered.values().forEach(log -> obsolete.add(log.name()));
      covered.clear();
      wanted.add(base);
    }
    long next = wanted.isEmpty() ? 1 : wanted.getFirst().number() + 1;
    for (Segment log : logs.values()) {
      if (log.number() != next) {
        throw new JournalCorruptException(Segment.name(next, false), 0, "the file is missing");
      }
      wanted.add(log);
      next++;
    }
    return wanted;
  }

  private void read(List<Segment> wanted) throws IOException {
    for (Segment segment : wanted) {
      boolean isLast = segment.number() == wanted.getLast().number();
      JournalFiles.Input file = files.open(segment.name());
      long size = file.size();
      try (FrameReader reader = new FrameReader(file, segment.number(), size)) {
        Optional<SegmentHead> head = reader.head(segment.name());
        if (head.isPresent()) {
          read(segment, head.get(), reader, size, isLast);
        } else if (isLast && !segment.base() && size <= SegmentHead.BYTES) {
          // Nothing is written behind a header before that is synced.
          obsolete.add(segment.name());
          tornBytes += size;
        } else {
          throw new JournalCorruptException(segment.name(), 0, "it begins with no header");
        }
      }
    }
    if (last < needed) {
      Segment end = segments.getLast();
      throw new JournalCorruptException(
          end.name(),
          end.bytes(),
          "cuts up to " + needed + " had been synced, " + last + " is there");
    }
  }

  private void read(
      Segment segment, SegmentHead head, FrameReader reader, long size, boolean isLast)
      throws IOException {
    boolean fits =
        head.number() == segment.number()
            && head.base() == segment.base()
            && head.estate().equals(estate.orElse(head.estate()));
    if (!fits) {
      throw new JournalCorruptException(segment.name(), 0, "it is another file's content");
    }
    estate = Optional.of(head.estate());
    long good = segment.base() ? readBase(segment, head, reader) : readLog(segment, head, reader);
    if (good < size && !(isLast && !segment.base())) {
      throw new JournalCorruptException(segment.name(), good, "no good frame stands there");
    }
    tornBytes += size - good;
    segments.add(new Segment(segment.number(), segment.base(), good));
  }

  /// Returns how much of it is good.
  private long readBase(Segment segment, SegmentHead head, FrameReader reader) throws IOException {
    Changes changes = new Changes(mostRecordBytes);
    while (reader.next()) {
      Frame frame = reader.frame();
      for (Change change : changes(segment, reader, changes)) {
        if (change instanceof Change.Set(Key key, long cut, byte[] record) && cut > 0) {
          index.set(key, cut, record.length);
        } else {
          throw new JournalCorruptException(
              segment.name(), reader.position(), "something else than a record of a base");
        }
      }
      if (frame.has(Frame.LAST)) {
        last = head.next() - 1;
        needed = frame.cut();
        return reader.position();
      }
    }
    throw new JournalCorruptException(
        segment.name(), reader.position(), "the base is not complete from there");
  }

  /// Returns how much of it is good.
  private long readLog(Segment segment, SegmentHead head, FrameReader reader) throws IOException {
    if (segments.isEmpty() ? head.next() != 1 : head.next() != last + 1) {
      throw new JournalCorruptException(
          segment.name(), 0, "cut " + head.next() + " follows on cut " + last);
    }
    Changes changes = new Changes(mostRecordBytes);
    long good = reader.position();
    while (reader.next()) {
      Frame frame = reader.frame();
      if (frame.has(Frame.MARK)) {
        // What came of a cut before it was given up.
        changes.forget();
        pending.clear();
        good = reader.position();
        continue;
      }
      if (frame.cut() != last + 1) {
        throw new JournalCorruptException(
            segment.name(), reader.position(), "cut " + frame.cut() + " after cut " + last);
      }
      if (frame.has(Frame.FIRST)) {
        changes.forget();
        pending.clear();
      }
      for (Change change : changes(segment, reader, changes)) {
        // The record itself is not kept.
        pending.add(step(change, frame.cut()));
      }
      if (frame.has(Frame.LAST)) {
        pending.forEach(Runnable::run);
        pending.clear();
        last = frame.cut();
        good = reader.position();
      }
    }
    pending.clear();
    if (!reader.atEnd() && reader.laterFrameHasSynced(last + 1)) {
      throw new JournalCorruptException(
          segment.name(), reader.position(), "a frame is damaged that had been synced");
    }
    return good;
  }

  private Runnable step(Change change, long cut) {
    return switch (change) {
      case Change.Clear() -> index::clear;
      case Change.Remove(Key key) -> () -> index.remove(key);
      case Change.Set(Key key, _, byte[] record) -> {
        int length = record.length;
        yield () -> index.set(key, cut, length);
      }
    };
  }

  private static List<Change> changes(Segment segment, FrameReader reader, Changes changes)
      throws JournalCorruptException {
    try {
      return changes.next(reader.content());
    } catch (MalformedException e) {
      throw new JournalCorruptException(
          segment.name(), reader.position(), String.valueOf(e.getMessage()));
    }
  }
}
