package dev.deed.papers.nsdi21;

import java.util.ArrayList;
import java.util.List;

/// What an index, or a part of one, has.
///
/// @param digest of all words and postings: 64 hexadecimal digits, equal for equal indexes however
///   they were split and computed
/// @param words number of different words
/// @param postings number of pairs of a word and a file that has it
/// @param occurrences number of words in the text
/// @param top the ten most frequent words, the most frequent first
public record IndexSummary(
    String digest, long words, long postings, long occurrences, List<WordCount> top) {

  public IndexSummary {
    top = List.copyOf(top);
  }

  static final IndexSummary EMPTY = new IndexSummary("0".repeat(64), 0, 0, 0, List.of());

  /// The summary of two parts, which have no word in common.
  IndexSummary and(IndexSummary other) {
    List<WordCount> both = new ArrayList<>(top);
    both.addAll(other.top);
    both.sort(WordCount.MOST_FIRST);
    return new IndexSummary(
        IndexDigest.combine(digest, other.digest),
        words + other.words,
        postings + other.postings,
        occurrences + other.occurrences,
        both.subList(0, Math.min(WordCount.TOP, both.size())));
  }
}
