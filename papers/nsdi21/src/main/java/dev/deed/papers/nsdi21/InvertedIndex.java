package dev.deed.papers.nsdi21;

import dev.deed.Calls;
import dev.deed.Deed;
import dev.deed.Ref;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// An inverted index of a corpus, built by map and reduce tasks: for each word the files that have
/// it, and where. What a word is, is told in [PlainInvertedIndex], which computes the same.
///
/// ```
/// split 0 ── map ──┬─ part 0 ──┐
///                  └─ part 1 ──│──┐
/// split 1 ── map ──┬─ part 0 ──┴──│── merge 0 ── summary 0
///                  └─ part 1 ─────┴── merge 1 ── summary 1
/// ```
///
/// Each map task reads its part of the corpus itself and gives one object for each part of the
/// words; the merge tasks join the objects of a part. All tasks are submitted at once, and the
/// handles to intermediate objects are closed at once: they live as long as a task needs them, and
/// when a worker dies with some, those are computed again from their lineage (section 4.2 of the
/// paper).
///
/// Used by one thread. Closing it frees the index.
public final class InvertedIndex implements AutoCloseable {
  private final int files;

  /// One reference to each map task, to see how far they are.
  private final List<Ref<byte[]>> maps;

  private final List<Ref<byte[]>> parts;
  private final List<Ref<IndexSummary>> summaries;

  private InvertedIndex(
      int files,
      List<Ref<byte[]>> maps,
      List<Ref<byte[]>> parts,
      List<Ref<IndexSummary>> summaries) {
    this.files = files;
    this.maps = maps;
    this.parts = parts;
    this.summaries = summaries;
  }

  /// How the work is cut.
  ///
  /// @param maps most map tasks; 64 by default
  /// @param parts number of merge tasks, and of objects that each map task gives; 8 by default
  public record Plan(int maps, int parts) {
    public static final Plan DEFAULT = new Plan(64, 8);

    public Plan {
      if (maps < 1 || parts < 1) {
        throw new IllegalArgumentException(
            "at least one map task and one part: " + maps + ", " + parts);
      }
    }
  }

  /// Submits all tasks in the session of this thread, and returns. Throws [IOException] if the
  /// corpus can't be listed, [IllegalArgumentException] if it has no files.
  public static InvertedIndex submit(Corpus corpus, Plan plan, Executions executions)
      throws IOException {
    List<Corpus.Member> members = corpus.members();
    if (members.isEmpty()) {
      throw new IllegalArgumentException("there are no files in " + corpus);
    }
    List<List<Ref<byte[]>>> columns = new ArrayList<>();
    for (int part = 0; part < plan.parts(); part++) {
      columns.add(new ArrayList<>());
    }
    Calls map = Deed.with(options -> options.name("map"));
    int partCount = plan.parts();
    for (Split split : Split.of(corpus, members, plan.maps())) {
      List<Ref<byte[]>> results =
          map.submitSplit(partCount, () -> MapTask.run(split, partCount, executions));
      for (int part = 0; part < partCount; part++) {
        columns.get(part).add(results.get(part));
      }
    }
    List<Ref<byte[]>> parts = new ArrayList<>();
    List<Ref<IndexSummary>> summaries = new ArrayList<>();
    for (int i = 0; i < partCount; i++) {
      int number = i;
      Ref<byte[]> part =
          Deed.with(options -> options.name("merge"))
              .submitAll(
                  (List<byte[]> indexes) -> MergeTask.run(number, indexes, executions),
                  columns.get(number));
      parts.add(part);
      summaries.add(
          Deed.with(options -> options.name("summary"))
              .submit((byte[] index) -> SummaryTask.run(number, index, executions), part));
    }
    columns.stream().skip(1).flatMap(List::stream).forEach(Ref::close);
    return new InvertedIndex(members.size(), columns.getFirst(), parts, summaries);
  }

  /// Number of files in the corpus.
  public int files() {
    return files;
  }

  /// Number of map tasks.
  public int maps() {
    return maps.size();
  }

  /// Waits until `count` map tasks are done, at most `timeout`; returns how many are.
  public int awaitMaps(int count, Duration timeout) {
    return Deed.await(maps, count, timeout).done().size();
  }

  /// Waits for the index, and says what it has. Throws what [Ref#get()] throws, and
  /// [dev.deed.DeadlineException] if it takes longer than `longest`. To be called once, after
  /// [#awaitMaps].
  public IndexSummary summary(Duration longest) {
    maps.forEach(Ref::close);
    for (Ref<IndexSummary> late : Deed.await(summaries, summaries.size(), longest).pending()) {
      late.get(Duration.ZERO);
    }
    return Deed.<IndexSummary>getAll(summaries).stream()
        .reduce(IndexSummary.EMPTY, IndexSummary::and);
  }

  /// The parts of the index, in the compact form of [Postings].
  List<Ref<byte[]>> parts() {
    return parts;
  }

  @Override
  public void close() {
    maps.forEach(Ref::close);
    summaries.forEach(Ref::close);
    parts.forEach(Ref::close);
  }
}
