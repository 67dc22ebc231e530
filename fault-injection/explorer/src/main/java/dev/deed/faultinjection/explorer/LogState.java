package dev.deed.faultinjection.explorer;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.MembershipLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The membership log up to some entry, and what it adds up to.
final class LogState {
  final int number;
  final List<Entry> entries;

  /// Numbers by which the entries are told apart.
  final List<Integer> entryNumbers;

  final MembershipLog truth = new MembershipLog();

  /// What the last entry does that no entry may, or null.
  final @Nullable String wrong;

  /// Whether the last entry changed anything.
  final boolean changed;

  /// Estates that their servers have given up, since nothing was left in them.
  final Set<EstateId> givenUp = new HashSet<>();

  /// For each estate that has passed to another server, the last death by which it did.
  final Map<EstateId, Integer> passed = new HashMap<>();

  /// The log with one entry less; null for the first.
  final @Nullable LogState before;

  private LogState(
      int number, @Nullable LogState before, List<Entry> entries, List<Integer> entryNumbers) {
    this.number = number;
    this.before = before;
    this.entries = entries;
    this.entryNumbers = entryNumbers;
    boolean last = false;
    String lastWrong = null;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      List<Entry.Heir> heirs =
          entry instanceof Entry.Heirs next ? truth.heirs(next.estate()) : List.of();
      last = apply(i + 1, entry);
      lastWrong = last && entry instanceof Entry.Heirs next ? wrong(heirs, next.heirs()) : null;
    }
    changed = last;
    wrong = lastWrong;
  }

  /// A living full heir leaves the list, or is called joining again, only when no fewer are full.
  private @Nullable String wrong(List<Entry.Heir> before, List<Entry.Heir> after) {
    long full = after.stream().filter(Entry.Heir::full).count();
    long wasFull = before.stream().filter(Entry.Heir::full).count();
    for (Entry.Heir heir : before) {
      if (heir.full() && full < wasFull && truth.lives(heir.worker()) && !after.contains(heir)) {
        return "3 heir list: " + heir.worker() + " leaves the heirs, who are " + after;
      }
    }
    return null;
  }

  private boolean apply(int index, Entry entry) {
    if (entry instanceof Entry.Death(WorkerId dead, _, _) && truth.lives(dead)) {
      truth.servedBy(dead).forEach(estate -> passed.put(estate, index));
    }
    boolean applied = truth.apply(index, entry);
    if (applied && entry instanceof Entry.Close(EstateId estate, _)) {
      givenUp.add(estate);
    }
    return applied;
  }

  int size() {
    return entries.size();
  }

  /// All logs that were ever met in a search.
  static final class Table {
    private record Step(int log, int entry) {}

    private final List<LogState> logs = new ArrayList<>();
    private final Map<Step, LogState> steps = new HashMap<>();
    private final Map<Entry, Integer> numbers = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();

    Table(List<Entry> first) {
      logs.add(new LogState(0, null, first, first.stream().map(this::number).toList()));
    }

    LogState get(int number) {
      return logs.get(number);
    }

    Entry entry(int number) {
      return entries.get(number);
    }

    int number(Entry entry) {
      @Nullable Integer known = numbers.get(entry);
      if (known == null) {
        known = entries.size();
        entries.add(entry);
        numbers.put(entry, known);
      }
      return known;
    }

    /// The log as it was after its first `size` entries.
    LogState prefix(LogState log, int size) {
      LogState prefix = log;
      while (prefix.size() > size && prefix.before != null) {
        prefix = prefix.before;
      }
      return prefix;
    }

    /// Whether an entry would change anything: a compare-and-set may come too late.
    boolean changes(LogState log, int entry) {
      return append(log, entry).changed;
    }

    /// The log with one entry more.
    LogState append(LogState log, int entry) {
      Step step = new Step(log.number, entry);
      LogState known = steps.get(step);
      if (known == null) {
        known = longer(log, entry);
        steps.put(step, known);
      }
      return known;
    }

    private LogState longer(LogState log, int entry) {
      List<Entry> all = new ArrayList<>(log.entries);
      all.add(entries.get(entry));
      List<Integer> allNumbers = new ArrayList<>(log.entryNumbers);
      allNumbers.add(entry);
      LogState longer = new LogState(logs.size(), log, List.copyOf(all), List.copyOf(allNumbers));
      logs.add(longer);
      return longer;
    }
  }
}
