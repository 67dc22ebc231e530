package dev.deed.faultinjection.explorer;

import dev.deed.ownership.Entry;
import dev.deed.ownership.MembershipLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The membership log up to some entry, and what it adds up to.
final class LogState {
  final int number;
  final List<Entry> entries;

  /// Numbers by which the entries are told apart.
  final List<Integer> entryNumbers;

  final MembershipLog truth = new MembershipLog();

  private LogState(int number, List<Entry> entries, List<Integer> entryNumbers) {
    this.number = number;
    this.entries = entries;
    this.entryNumbers = entryNumbers;
    for (int i = 0; i < entries.size(); i++) {
      truth.apply(i + 1, entries.get(i));
    }
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
      logs.add(new LogState(0, first, first.stream().map(this::number).toList()));
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

    /// The log with one entry more.
    LogState append(LogState log, int entry) {
      return steps.computeIfAbsent(new Step(log.number, entry), _ -> longer(log, entry));
    }

    private LogState longer(LogState log, int entry) {
      List<Entry> all = new ArrayList<>(log.entries);
      all.add(entries.get(entry));
      List<Integer> allNumbers = new ArrayList<>(log.entryNumbers);
      allNumbers.add(entry);
      LogState longer = new LogState(logs.size(), List.copyOf(all), List.copyOf(allNumbers));
      logs.add(longer);
      return longer;
    }
  }
}
