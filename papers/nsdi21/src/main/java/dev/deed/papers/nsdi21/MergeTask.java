package dev.deed.papers.nsdi21;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Merges the indexes that the splits gave for one part of the words.
final class MergeTask {

  private MergeTask() {}

  /// One of the merged indexes; the split's number orders the postings of a word.
  private record Input(int split, Postings.Cursor cursor) {}

  /// The index of part `number`. The indexes come in the order of the splits, so that for each word
  /// the files of one follow those of the one before.
  static byte[] run(int number, List<byte[]> indexes, Executions executions) {
    Executions.Running running = executions.begin("merge", number);
    Comparator<Input> byWord = (a, b) -> a.cursor().compareWord(b.cursor());
    PriorityQueue<Input> inputs =
        new PriorityQueue<>(indexes.size(), byWord.thenComparingInt(Input::split));
    int bytes = 0;
    for (int i = 0; i < indexes.size(); i++) {
      Input input = new Input(i, new Postings.Cursor(indexes.get(i)));
      if (input.cursor().next()) {
        inputs.add(input);
      }
      bytes = Math.addExact(bytes, indexes.get(i).length);
    }
    Bytes.Writer out = new Bytes.Writer(bytes);
    Bytes.Writer word = new Bytes.Writer(64);
    Bytes.Writer body = new Bytes.Writer(1 << 16);
    while (!inputs.isEmpty()) {
      Input first = inputs.remove();
      word.clear();
      first.cursor().writeWord(word);
      body.clear();
      first.cursor().writeBody(body);
      Postings.Run run = first.cursor().run();
      // The first input stays at this word until all that have it too were appended.
      while (!inputs.isEmpty() && inputs.element().cursor().compareWord(first.cursor()) == 0) {
        Input next = inputs.remove();
        run = append(body, run, next.cursor());
        advance(inputs, next);
      }
      advance(inputs, first);
      out.write(word);
      Postings.writeHead(out, run, body.length());
      out.write(body);
    }
    byte[] result = out.toArray();
    running.end();
    return result;
  }

  private static void advance(PriorityQueue<Input> inputs, Input input) {
    if (input.cursor().next()) {
      inputs.add(input);
    }
  }

  private static Postings.Run append(Bytes.Writer body, Postings.Run run, Postings.Cursor more) {
    Postings.Run next = more.run();
    body.writeNumber(next.first() - run.last());
    more.writeBody(body);
    return new Postings.Run(run.files() + next.files(), run.first(), next.last());
  }
}
