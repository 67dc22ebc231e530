package dev.deed.papers.nsdi21;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Indexes one split: reads its files, finds the words, and gives one index for each part of the
/// words.
final class MapTask {
  private final Split split;
  private final WordTable table = new WordTable();
  private final Words words = new Words(this::add);

  /// The number of each word of the split, in the order of the text.
  private int[] occurrences = new int[1 << 16];

  private int count;

  /// Where the words of each file begin in `occurrences`, and at the end their number.
  private final int[] fileStarts;

  private MapTask(Split split) {
    this.split = split;
    this.fileStarts = new int[split.files().size() + 1];
  }

  /// The split's index, in so many parts. The words of a part are the same in every split.
  static List<byte[]> run(Split split, int parts, Executions executions) throws IOException {
    Executions.Running running = executions.begin("map", split.number());
    MapTask task = new MapTask(split);
    task.read();
    List<byte[]> result = task.encode(parts);
    running.end();
    return result;
  }

  private void read() throws IOException {
    try (Corpus.Source source = split.corpus().open()) {
      for (int file = 0; file < split.files().size(); file++) {
        fileStarts[file] = count;
        words.scan(new String(source.read(split.files().get(file)), StandardCharsets.UTF_8));
      }
    }
    fileStarts[split.files().size()] = count;
  }

  private void add(byte[] word, int length) {
    if (count == occurrences.length) {
      occurrences = Arrays.copyOf(occurrences, 2 * count);
    }
    occurrences[count++] = table.numberOf(word, length);
  }

  private List<byte[]> encode(int parts) {
    int[] starts = new int[table.size() + 1];
    int[] byWord = sortByWord(starts);
    List<List<Integer>> wordsOfParts = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      wordsOfParts.add(new ArrayList<>());
    }
    for (int word = 0; word < table.size(); word++) {
      wordsOfParts.get(table.partOf(word, parts)).add(word);
    }
    List<byte[]> result = new ArrayList<>();
    for (List<Integer> part : wordsOfParts) {
      part.sort(table::compare);
      Bytes.Writer out = new Bytes.Writer(2 * count / parts);
      Bytes.Writer body = new Bytes.Writer(1 << 10);
      for (int word : part) {
        out.writeNumber(table.length(word));
        table.writeTo(out, word);
        body.clear();
        Postings.Run run = writeBody(body, byWord, starts[word], starts[word + 1]);
        Postings.writeHead(out, run, body.length());
        out.write(body);
      }
      result.add(out.toArray());
    }
    return result;
  }

  /// All occurrences ordered by word, and by place for each word; `starts` gets where each word
  /// begins.
  private int[] sortByWord(int[] starts) {
    for (int i = 0; i < count; i++) {
      starts[occurrences[i] + 1]++;
    }
    for (int word = 0; word < table.size(); word++) {
      starts[word + 1] += starts[word];
    }
    int[] next = Arrays.copyOf(starts, table.size());
    int[] sorted = new int[count];
    for (int i = 0; i < count; i++) {
      sorted[next[occurrences[i]]++] = i;
    }
    return sorted;
  }

  private Postings.Run writeBody(Bytes.Writer body, int[] byWord, int from, int to) {
    int files = 0;
    int first = 0;
    int file = 0;
    int i = from;
    while (i < to) {
      int previous = file;
      file = fileOf(byWord[i]);
      if (files == 0) {
        first = file;
      } else {
        body.writeNumber(file - previous);
      }
      files++;
      int end = i;
      while (end < to && byWord[end] < fileStarts[file + 1]) {
        end++;
      }
      body.writeNumber(end - i);
      int place = fileStarts[file];
      for (; i < end; i++) {
        body.writeNumber(byWord[i] - place);
        place = byWord[i];
      }
    }
    return new Postings.Run(files, split.firstFile() + first, split.firstFile() + file);
  }

  /// The file within the split that an occurrence is in; empty files have none.
  private int fileOf(int occurrence) {
    int low = 0;
    int high = fileStarts.length - 2;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (fileStarts[middle] <= occurrence) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
