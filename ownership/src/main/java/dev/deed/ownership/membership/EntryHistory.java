package dev.deed.ownership.membership;

import dev.deed.ownership.Entry;
import dev.deed.ownership.membership.MembershipMessage.Entries;
import dev.deed.ownership.membership.MembershipMessage.IndexedEntry;
import java.util.ArrayList;
import java.util.List;

/// All entries followed so far, to tell them to who follows later. Those that changed nothing, or
/// nothing that still matters, are kept as their number only: whoever applies the rest comes to the
/// same state with [Entry.Mark]s for them.
final class EntryHistory {
  /*
   * Bound: a Join and a Death for each process that ever was a member, less than 3 KiB together, since
   * who joins later has to know every worker that has died: references of its estate may still be
   * about; the Voters; and the Answers to the last death that is clear and to those behind it, one for
   * each living member. Answers to earlier deaths, which would be members × deaths, are dropped.
   */

  /// Most entries in one message.
  static final int MAX_BATCH = 512;

  private final List<IndexedEntry> kept = new ArrayList<>();
  private long last;
  private long clear;

  /// Adds the next entry.
  void add(long index, Entry entry, boolean changed) {
    last = index;
    if (changed) {
      kept.add(new IndexedEntry(index, entry));
    }
  }

  /// All deaths up to entry `through` are clear: the answers to the last of them say so.
  void cleared(long through) {
    if (through > clear) {
      clear = through;
      kept.removeIf(
          one -> one.entry() instanceof Entry.Answer(_, long answered) && answered < through);
    }
  }

  /// Number of entries that are kept.
  int size() {
    return kept.size();
  }

  /// Index of the last entry, 0 before the first.
  long last() {
    return last;
  }

  /// The entries from `from` on, up to a bound; `from` is at most [#last()].
  Entries from(long from) {
    int start = position(from);
    int end = Math.min(kept.size(), start + MAX_BATCH);
    long through = end < kept.size() ? kept.get(end).index() - 1 : last;
    through = Math.min(through, from + MembershipCodec.MAX_RUN - 1);
    while (end > start && kept.get(end - 1).index() > through) {
      end--;
    }
    return new Entries(from, through, List.copyOf(kept.subList(start, end)));
  }

  /// Position of the first kept entry at `index` or behind.
  private int position(long index) {
    int low = 0;
    int high = kept.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (kept.get(middle).index() < index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
