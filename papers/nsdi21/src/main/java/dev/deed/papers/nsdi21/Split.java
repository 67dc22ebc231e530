package dev.deed.papers.nsdi21;

import java.util.ArrayList;
import java.util.List;

/// The part of a corpus that one map task reads: consecutive files.
///
/// @param number of the split, from 0
/// @param corpus where the files are
/// @param firstFile number of the first file in the whole corpus
/// @param files names of the files
record Split(int number, Corpus corpus, int firstFile, List<String> files) {

  Split {
    files = List.copyOf(files);
  }

  /// Cuts a corpus into at most `count` splits of about the same number of bytes; a file is never
  /// cut, and is in the split that its middle falls into.
  static List<Split> of(Corpus corpus, List<Corpus.Member> members, int count) {
    // One byte more for each file, so that empty files are spread too.
    long total = members.stream().mapToLong(member -> member.bytes() + 1).sum();
    List<Split> splits = new ArrayList<>();
    List<String> files = new ArrayList<>();
    long before = 0;
    int share = 0;
    for (int i = 0; i < members.size(); i++) {
      long bytes = members.get(i).bytes() + 1;
      int next = (int) ((before + bytes / 2.0) * count / total);
      if (next != share && !files.isEmpty()) {
        splits.add(new Split(splits.size(), corpus, i - files.size(), files));
        files.clear();
      }
      share = next;
      files.add(members.get(i).name());
      before += bytes;
    }
    if (!files.isEmpty()) {
      splits.add(new Split(splits.size(), corpus, members.size() - files.size(), files));
    }
    return splits;
  }
}
