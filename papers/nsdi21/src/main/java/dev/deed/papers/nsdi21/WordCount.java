package dev.deed.papers.nsdi21;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/// How often a word occurs in a corpus.
public record WordCount(String word, long occurrences) {
  /// How many of the most frequent words are told.
  static final int TOP = 10;

  /// The most frequent first; of equally frequent ones, in the order of the words.
  static final Comparator<WordCount> MOST_FIRST =
      Comparator.comparingLong(WordCount::occurrences).reversed().thenComparing(WordCount::word);

  /// Takes a word into the ordered list of the most frequent ones, if it belongs there.
  static void keepTop(List<WordCount> top, long occurrences, Supplier<String> word) {
    if (top.size() == TOP && top.getLast().occurrences() > occurrences) {
      return;
    }
    top.add(new WordCount(word.get(), occurrences));
    top.sort(MOST_FIRST);
    if (top.size() > TOP) {
      top.removeLast();
    }
  }
}
