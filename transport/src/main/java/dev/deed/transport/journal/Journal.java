package dev.deed.transport.journal;

import dev.deed.lineage.EstateId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The records of one estate on disk, of which only the last state of each matters. They change by
/// cuts: [#begin], changes, [#commit]. A cut is there as a whole or not at all, and is safe when
/// [#sync] has returned. Not thread-safe; see [JournalLine].
///
/// All methods throw a [JournalException] when the disk does not do its part, and from then on.
public final class Journal implements Closeable {
  /*
   * State. The segments that are closed, a base first if there is one; the log that is being written; the
   * index of all records as of the last cut; the changes of the cut that is open; a compaction, if one is
   * under way.  Records themselves are not kept in memory.
   *
   * Invariants. 1. A log's header, and its name, are on the disk before a cut is in it, and all of a log
   * before the next one is begun: so only the end of the last log can be torn.
   * 2. What a base stands for is deleted only when the base has its name on the disk.
   * 3. Opening never writes into a file that is there.  If a sync failed, the system may show what is not
   * on the disk; so all that was read is written anew, into a base, before anybody relies on it.
   *
   * Failure. After any error nothing further is taken, since nothing is known of what was written and not
   * synced.
   */

  /// So many bytes are compacted for each that is written, so that it ends before much was.
  private static final int COMPACTED_FOR_EACH = 4;

  private static final byte[] NOTHING = {};

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /// What is written into logs. Where there is no room, compacting may make some.
  private final class LogRoom implements ContentWriter.Room {
    @Override
    public void require(long mostBytes) throws IOException {
      if (lacks(mostBytes)) {
        finishCompaction();
      }
      if (lacks(mostBytes) && log != null && !closed.isEmpty() && !closed.getLast().base()) {
        compact(closed.getLast().number(), logBegins);
        finishCompaction();
      }
      requireRoom(mostBytes);
    }

    @Override
    public void written(long bytes) {
      usedBytes += bytes;
      logBytes += bytes;
    }
  }

  /// What is written into a base.
  private final class BaseRoom implements ContentWriter.Room {
    @Override
    public void require(long mostBytes) throws IOException {
      requireRoom(mostBytes);
    }

    @Override
    public void written(long bytes) {
      usedBytes += bytes;
    }
  }

  private final JournalFiles files;
  private final JournalConfig config;
  private final EstateId estate;
  private final Index index;
  private final long tornBytes;
  private final List<Segment> closed;
  private final List<Runnable> pending = new ArrayList<>();
  private final LogRoom room = new LogRoom();
  private final ContentWriter cut = new ContentWriter(room);
  private @Nullable FrameWriter log;
  private @Nullable Compaction compaction;
  private @Nullable IOException failure;
  private boolean open;
  private boolean shut;
  private long last;
  private long synced;
  private long marked;
  private long usedBytes;

  /// The first cut in the log.
  private long logBegins;

  /// Where in the log the open cut began.
  private long cutBegins;

  /// Bytes of logs that no base stands for.
  private long logBytes;

  private Journal(JournalFiles files, JournalConfig config, EstateId estate, Scan scan) {
    this.files = files;
    this.config = config;
    this.estate = estate;
    this.index = scan.index();
    this.last = scan.last();
    this.tornBytes = scan.tornBytes();
    this.closed = new ArrayList<>(scan.segments());
    for (Segment segment : closed) {
      usedBytes += segment.bytes();
      logBytes += segment.base() ? 0 : segment.bytes();
    }
  }

  /// Begins a journal in a directory that is made if it is missing, and in which there must be
  /// none.
  ///
  /// @throws JournalMismatchException if there is one
  /// @throws JournalInUseException if somebody else has it open
  /// @throws dev.deed.transport.store.UnsafeDirectoryException if others can reach the directory
  public static Journal create(Path directory, EstateId estate, JournalConfig config)
      throws IOException {
    return create(DiskFiles.open(directory, true), estate, config);
  }

  static Journal create(JournalFiles files, EstateId estate, JournalConfig config)
      throws IOException {
    Scan scan = scan(files, config);
    if (scan.estate().isPresent()) {
      files.close();
      throw new JournalMismatchException(
          "%s holds a journal already, of estate %s: resume it, or take another directory"
              .formatted(files.place(), scan.estate().get()));
    }
    return opened(new Journal(files, config, estate, scan), scan);
  }

  /// Whether there is a journal, or what an end of the machine left of one, in a directory.
  public static boolean isIn(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> {
        Optional<Segment> segment = Segment.parse(String.valueOf(file.getFileName()), 0);
        return segment.isPresent() && file.toFile().length() > SegmentHead.BYTES;
      });
    }
  }

  /// Opens a journal; [#forEach] reads what is in it.
  ///
  /// @throws JournalMismatchException if there is none
  /// @throws JournalInUseException if somebody else has it open
  /// @throws JournalCorruptException if it was damaged
  /// @throws dev.deed.transport.store.UnsafeDirectoryException if others can reach the directory
  public static Journal open(Path directory, JournalConfig config) throws IOException {
    return open(DiskFiles.open(directory, false), config);
  }

  static Journal open(JournalFiles files, JournalConfig config) throws IOException {
    Scan scan = scan(files, config);
    if (scan.estate().isEmpty()) {
      files.close();
      throw new JournalMismatchException("there is no journal in " + files.place());
    }
    return opened(new Journal(files, config, scan.estate().get(), scan), scan);
  }

  private static Scan scan(JournalFiles files, JournalConfig config) throws IOException {
    boolean done = false;
    try {
      Scan scan = Scan.of(files, config.recordBytes());
      done = true;
      return scan;
    } catch (IOException e) {
      throw Explained.of(e, files.place());
    } finally {
      if (!done) {
        files.close();
      }
    }
  }

  private static Journal opened(Journal journal, Scan scan) throws IOException {
    boolean done = false;
    try {
      journal.renew(scan.obsolete());
      done = true;
      return journal;
    } catch (IOException e) {
      throw Explained.of(e, journal.files.place());
    } finally {
      if (!done) {
        journal.closeAll();
      }
    }
  }

  /// Writes all that was read into a base, and begins a log behind it.
  private void renew(List<String> obsolete) throws IOException {
    for (String name : obsolete) {
      if (name.endsWith(Segment.UNFINISHED)) {
        files.delete(name);
      } else {
        // It is there until what stands for it is.
        usedBytes += bytesOf(name);
      }
    }
    long number = closed.isEmpty() ? 0 : closed.getLast().number();
    boolean torn = obsolete.contains(Segment.name(number + 1, false));
    if (torn && !closed.isEmpty()) {
      number++;
    }
    synced = last;
    long tail = 0;
    for (Segment segment : closed) {
      tail += bytesOf(segment.name()) - segment.bytes();
    }
    usedBytes += tail;
    if (closed.size() > 1 || (!closed.isEmpty() && (torn || !closed.getFirst().base()))) {
      compact(number, last + 1);
      finishCompaction();
      usedBytes -= tail;
    } else {
      files.syncNames();
    }
    for (String name : obsolete) {
      if (!name.endsWith(Segment.UNFINISHED)) {
        long bytes = bytesOf(name);
        files.delete(name);
        usedBytes -= bytes;
      }
    }
    beginLog(number + 1);
  }

  private long bytesOf(String name) throws IOException {
    try (JournalFiles.Input file = files.open(name)) {
      return file.size();
    }
  }

  /// Whose records these are.
  public EstateId estate() {
    return estate;
  }

  /// Number of the last cut; 0 before the first.
  public long last() {
    return last;
  }

  /// Number of the last cut that is known to be on the disk.
  public long synced() {
    return synced;
  }

  /// Bytes at the end that were dropped when the journal was opened, since they were of no complete
  /// cut.
  public long tornBytes() {
    return tornBytes;
  }

  /// How many records there are.
  public int size() {
    return index.size();
  }

  /// What keys and records take, uncompressed.
  public long recordBytes() {
    return index.bytes();
  }

  /// Bytes of all files.
  public long usedBytes() {
    return usedBytes;
  }

  /// Why the journal takes nothing any more.
  public Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /// Reads all records as of the last cut, one after the other, in no order. A record may come
  /// twice: then it is the later one.
  public void forEach(BiConsumer<byte[], byte[]> visitor) throws IOException {
    requireNoCut();
    run(() -> {
      List<Segment> all = new ArrayList<>(closed);
      all.add(new Segment(log().number(), false, log().position()));
      try (Records records = new Records(files, index, all, config.recordBytes())) {
        boolean more = true;
        while (more) {
          more = records.step((key, _, record) -> visitor.accept(key, record));
        }
      }
    });
  }

  /// Begins a cut.
  public void begin() throws IOException {
    requireNoCut();
    requireGood();
    open = true;
    cutBegins = log().position();
    cut.begin();
  }

  /// In the open cut: all records before are gone.
  public void clear() throws IOException {
    requireCut();
    run(() -> cut.add(Change.CLEAR, NOTHING, log(), last + 1, synced));
    pending.add(index::clear);
  }

  /// In the open cut: the record under the key is this one. Neither array may be changed
  /// afterwards.
  public void set(byte[] key, byte[] record) throws IOException {
    requireCut();
    requireKey(key);
    if (record.length > config.recordBytes()) {
      throw new IllegalArgumentException(
          "a record of %d bytes: the limit is %d".formatted(record.length, config.recordBytes()));
    }
    run(() -> cut.add(Change.SET, key, record, 0, log(), last + 1, synced));
    long number = last + 1;
    int length = record.length;
    pending.add(() -> index.set(new Key(key), number, length));
  }

  /// In the open cut: there is no record under the key any more.
  public void remove(byte[] key) throws IOException {
    requireCut();
    requireKey(key);
    run(() -> cut.add(Change.REMOVE, key, log(), last + 1, synced));
    pending.add(() -> index.remove(new Key(key)));
  }

  /// Ends the cut and returns its number. It is written, and not synced.
  public long commit() throws IOException {
    requireCut();
    run(() -> {
      cut.end(log(), last + 1, synced);
      last++;
      open = false;
      pending.forEach(Runnable::run);
      pending.clear();
      goOn(log().position() - cutBegins);
    });
    return last;
  }

  /// Gives the open cut up.
  public void abort() throws IOException {
    requireCut();
    open = false;
    pending.clear();
    if (cut.hasWritten()) {
      run(this::writeMark);
    }
  }

  /// Returns when all cuts are on the disk.
  public void sync() throws IOException {
    run(this::syncLog);
  }

  /// Writes down, not synced itself, what has been synced: so that damage to it is not taken for a
  /// torn tail.
  public void mark() throws IOException {
    if (!open && marked < synced) {
      run(this::writeMark);
    }
  }

  private void syncLog() throws IOException {
    log().sync();
    synced = last;
  }

  private void writeMark() throws IOException {
    room.require(Frame.HEAD_BYTES);
    room.written(log().write(Frame.MARK, last, synced, NOTHING, 0));
    marked = synced;
  }

  /// After a cut of so many bytes: begins a new log, and compacts, where it is time to.
  private void goOn(long bytes) throws IOException {
    long base = closed.isEmpty() || !closed.getFirst().base() ? 0 : closed.getFirst().bytes();
    boolean due = compaction == null && logBytes >= Math.max(config.segmentBytes(), base);
    if (due || log().position() >= config.segmentBytes()) {
      long number = endLog();
      if (due) {
        compact(number, last + 1);
      }
      beginLog(number + 1);
    }
    Compaction running = compaction;
    if (running != null) {
      long budget = COMPACTED_FOR_EACH * bytes + Frame.CONTENT_BYTES;
      boolean more = true;
      while (more && budget > 0) {
        more = running.step();
        budget -= Frame.CONTENT_BYTES;
      }
      if (!more) {
        finishCompaction();
      }
    }
  }

  private long endLog() throws IOException {
    syncLog();
    FrameWriter ended = log();
    ended.close();
    log = null;
    closed.add(new Segment(ended.number(), false, ended.position()));
    return ended.number();
  }

  private void beginLog(long number) throws IOException {
    room.require(SegmentHead.BYTES);
    SegmentHead head = new SegmentHead(false, estate, number, last + 1);
    FrameWriter next = FrameWriter.begin(files, Segment.name(number, false), head);
    log = next;
    logBegins = last + 1;
    room.written(SegmentHead.BYTES);
    next.sync();
    files.syncNames();
  }

  /// Begins to compact what is closed into base `number`; cut `next` is the first that is not.
  private void compact(long number, long next) throws IOException {
    SegmentHead head = new SegmentHead(true, estate, number, next);
    Records records = new Records(files, index, closed, config.recordBytes());
    compaction = new Compaction(files, closed, records, head, new BaseRoom());
  }

  private void finishCompaction() throws IOException {
    Compaction running = compaction;
    if (running == null) {
      return;
    }
    boolean more = true;
    while (more) {
      more = running.step();
    }
    if (log != null) {
      syncLog();
    }
    Segment base = running.publish(last);
    compaction = null;
    for (Segment source : running.sources()) {
      files.delete(source.name());
      usedBytes -= source.bytes();
      logBytes -= source.base() ? 0 : source.bytes();
    }
    closed.subList(0, running.sources().size()).clear();
    closed.addFirst(base);
  }

  private boolean lacks(long bytes) {
    return bytes > config.limitBytes() - usedBytes;
  }

  private void requireRoom(long bytes) throws JournalFullException {
    if (lacks(bytes)) {
      throw new JournalFullException(
          "the journal in %s takes %d bytes of the %d that it may take: allow it more"
              .formatted(files.place(), usedBytes, config.limitBytes()));
    }
  }

  private void run(Step step) throws IOException {
    requireGood();
    boolean done = false;
    try {
      step.run();
      done = true;
    } catch (IOException e) {
      IOException explained = Explained.of(e, files.place());
      failure = explained;
      throw explained;
    } finally {
      if (!done && failure == null) {
        failure = new IOException("an earlier step of the journal did not end");
      }
    }
  }

  private void requireGood() throws JournalException {
    if (shut) {
      throw new IllegalStateException("the journal is closed");
    }
    IOException before = failure;
    if (before != null) {
      throw new JournalFailedException(
          "the journal takes nothing further: " + before.getMessage(), before);
    }
  }

  private void requireCut() {
    if (!open) {
      throw new IllegalStateException("no cut is open");
    }
  }

  private void requireNoCut() {
    if (open) {
      throw new IllegalStateException("a cut is open");
    }
  }

  private static void requireKey(byte[] key) {
    if (key.length > Key.MOST_BYTES) {
      throw new IllegalArgumentException(
          "a key of %d bytes: the limit is %d".formatted(key.length, Key.MOST_BYTES));
    }
  }

  private FrameWriter log() {
    FrameWriter current = log;
    if (current == null) {
      throw new IllegalStateException("there is no log");
    }
    return current;
  }

  /// Syncs what was committed, and lets others open the journal. An open cut is given up. After a
  /// failure it only closes.
  @Override
  public void close() throws IOException {
    if (shut) {
      return;
    }
    try {
      if (failure == null) {
        if (open) {
          abort();
        }
        run(() -> {
          syncLog();
          if (marked < synced) {
            writeMark();
            syncLog();
          }
          if (compaction != null) {
            compaction.giveUp();
            compaction = null;
          }
        });
      }
    } finally {
      shut = true;
      closeAll();
    }
  }

  private void closeAll() throws IOException {
    shut = true;
    List<Closeable> all = new ArrayList<>();
    all.add(files);
    if (compaction != null) {
      all.addFirst(compaction);
    }
    if (log != null) {
      all.addFirst(log);
    }
    closeAll(all);
  }

  private static void closeAll(List<Closeable> all) throws IOException {
    if (!all.isEmpty()) {
      try {
        all.removeFirst().close();
      } finally {
        closeAll(all);
      }
    }
  }
}
