package dev.deed.papers.nsdi21;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Says what one part of an index has, and its digest.
final class SummaryTask {
  private static final int INTS = 1 << 14;

  private final IndexDigest digest = new IndexDigest();
  private final ByteBuffer buffer = ByteBuffer.allocate(4 * INTS);
  private long words;
  private long postings;
  private long occurrences;
  private final List<WordCount> top = new ArrayList<>();

  private SummaryTask() {}

  static IndexSummary run(int number, byte[] index, Executions executions) {
    Executions.Running running = executions.begin("summary", number);
    SummaryTask task = new SummaryTask();
    Postings.Cursor cursor = new Postings.Cursor(index);
    while (cursor.next()) {
      task.add(cursor);
    }
    IndexSummary summary =
        new IndexSummary(task.digest.hex(), task.words, task.postings, task.occurrences, task.top);
    running.end();
    return summary;
  }

  private void add(Postings.Cursor cursor) {
    byte[] word = cursor.word();
    putInt(word.length);
    flush();
    digest.update(word, 0, word.length);
    Bytes.Reader body = cursor.body();
    Postings.Run run = cursor.run();
    int file = run.first();
    long times = 0;
    for (int i = 0; i < run.files(); i++) {
      file += i == 0 ? 0 : body.readNumber();
      putInt(file);
      int count = body.readNumber();
      putInt(count);
      int place = 0;
      for (int j = 0; j < count; j++) {
        place += body.readNumber();
        putInt(place);
      }
      times += count;
    }
    flush();
    digest.endWord();
    words++;
    postings += run.files();
    occurrences += times;
    WordCount.keepTop(top, times, () -> new String(word, StandardCharsets.UTF_8));
  }

  private void putInt(int number) {
    if (!buffer.hasRemaining()) {
      flush();
    }
    buffer.putInt(number);
  }

  private void flush() {
    digest.update(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
