package dev.deed.transport.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.jgroups.Address;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;

/// A log in memory for jgroups-raft. (Its own forgets the entry that stands for a snapshot it was
/// given, so that nothing can follow it, and keeps all logs of the process by name.) Thread-safe.
final class MemoryLog implements Log {
  /*
   * State: `entries` are those at `base`, base + 1, …; entry `base` is there for its term alone: it is the
   * last one that a snapshot covers, or at 0 none at all.
   */
  private final List<@Nullable LogEntry> entries = new ArrayList<>();
  private long base;
  private long committed;
  private long term;
  private @Nullable Address vote;
  private @Nullable ByteBuffer snapshot;

  MemoryLog() {
    entries.add(null);
  }

  @Override
  public void init(String name, Map<String, String> arguments) {
    // Nothing to be opened.
  }

  @Override
  public Log useFsync(boolean on) {
    return this;
  }

  @Override
  public boolean useFsync() {
    return false;
  }

  @Override
  public synchronized void delete() {
    entries.clear();
    entries.add(null);
    base = 0;
    committed = 0;
    snapshot = null;
  }

  @Override
  public synchronized long currentTerm() {
    return term;
  }

  @Override
  public synchronized Log currentTerm(long next) {
    term = next;
    return this;
  }

  @Override
  public synchronized @Nullable Address votedFor() {
    return vote;
  }

  @Override
  public synchronized Log votedFor(@Nullable Address member) {
    vote = member;
    return this;
  }

  @Override
  public synchronized long commitIndex() {
    return committed;
  }

  @Override
  public synchronized Log commitIndex(long index) {
    committed = index;
    return this;
  }

  /// The first entry that can be sent, which needs the term of the one before it; 0 while all can.
  @Override
  public synchronized long firstAppended() {
    return base == 0 ? 0 : base + 1;
  }

  @Override
  public synchronized long lastAppended() {
    return base + entries.size() - 1;
  }

  @Override
  public synchronized void setSnapshot(ByteBuffer next) {
    snapshot = next;
  }

  @Override
  public synchronized @Nullable ByteBuffer getSnapshot() {
    return snapshot == null ? null : snapshot.duplicate();
  }

  @Override
  public synchronized long append(long index, LogEntries next) {
    if (index != lastAppended() + 1) {
      throw new IllegalStateException("entry " + index + " after entry " + lastAppended());
    }
    for (LogEntry entry : next) {
      entries.add(entry);
      term = Math.max(term, entry.term());
    }
    return lastAppended();
  }

  @Override
  public synchronized @Nullable LogEntry get(long index) {
    return index < base || index > lastAppended() ? null : entries.get((int) (index - base));
  }

  @Override
  public synchronized void truncate(long index) {
    long next = Math.min(index, Math.min(committed, lastAppended()));
    if (next > base) {
      entries.subList(0, (int) (next - base)).clear();
      base = next;
    }
  }

  @Override
  public synchronized void reinitializeTo(long index, LogEntry entry) {
    entries.clear();
    entries.add(entry);
    base = index;
    committed = index;
    term = Math.max(term, entry.term());
  }

  @Override
  public synchronized void deleteAllEntriesStartingFrom(long index) {
    if (index <= committed) {
      throw new IllegalStateException("entry " + index + " is committed");
    }
    if (index <= lastAppended()) {
      entries.subList((int) (index - base), entries.size()).clear();
    }
  }

  @Override
  public synchronized void forEach(ObjLongConsumer<LogEntry> action, long first, long last) {
    for (long index = Math.max(first, base + 1); index <= Math.min(last, lastAppended()); index++) {
      LogEntry entry = get(index);
      if (entry != null) {
        action.accept(entry, index);
      }
    }
  }

  @Override
  public void forEach(ObjLongConsumer<LogEntry> action) {
    forEach(action, 0, Long.MAX_VALUE);
  }

  @Override
  public synchronized long sizeInBytes() {
    long bytes = 0;
    for (LogEntry entry : entries) {
      bytes += entry == null ? 0 : entry.length();
    }
    return bytes;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
