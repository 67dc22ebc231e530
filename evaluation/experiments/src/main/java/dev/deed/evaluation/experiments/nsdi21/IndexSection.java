package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.evaluation.experiments.report.Section;
import dev.deed.papers.nsdi21.WordCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Tells about the inverted index.
final class IndexSection {
  private static final double MB = 1e6;

  private IndexSection() {}

  static Section of(List<IndexRun> runs) {
    List<Section.Block> blocks = new ArrayList<>();
    IndexRun plain = runs.getFirst();
    blocks.add(new Section.Paragraph(setUp(runs.getLast())));
    plain
        .index()
        .ifPresent(index ->
            blocks.add(
                new Section.Paragraph(
                    String.format(
                        Locale.ROOT,
                        "The index has %,d words, %,d pairs of a word and a file, and %,d"
                            + " occurrences. Most frequent: %s. Digest: %s.",
                        index.words(),
                        index.postings(),
                        index.occurrences(),
                        index.top().stream().map(WordCount::word).collect(Collectors.joining(", ")),
                        index.digest()))));
    blocks.add(figure(runs));
    blocks.add(table(runs));
    runs.stream()
        .filter(IndexRun::killed)
        .forEach(run -> blocks.add(new Section.Paragraph(cost(runs, run))));
    return new Section("Inverted index of real text, with a worker killed", blocks);
  }

  private static String setUp(IndexRun run) {
    return String.format(
        Locale.ROOT,
        "An inverted index of %s (%,d files, %,.1f MB) is made by a plain single-threaded program,"
            + " by %d map tasks and their merges on %d worker processes of this machine, and"
            + " by the same cluster when one worker is killed by SIGKILL as soon as half of the map"
            + " tasks are done. All three must give the same digest. Each run starts with cold JVMs;"
            + " the start of the cluster is not counted.",
        run.input(),
        run.files(),
        run.bytes() / MB,
        run.maps(),
        run.workers());
  }

  private static Section.BarFigure figure(List<IndexRun> runs) {
    return new Section.BarFigure(
        "recovery-index",
        "Time to make the index",
        "",
        "seconds",
        runs.stream().map(IndexSection::name).toList(),
        List.of(
            new Section.Bars(
                "undisturbed",
                runs.stream().mapToDouble(r -> r.killed() ? Double.NaN : r.seconds()).toArray(),
                Section.Whose.OURS),
            new Section.Bars(
                "one worker killed",
                runs.stream().mapToDouble(r -> r.killed() ? r.seconds() : Double.NaN).toArray(),
                Section.Whose.OURS_FAILING)));
  }

  private static String name(IndexRun run) {
    return switch (run.run()) {
      case "index.plain" -> "plain";
      case "index.undisturbed" -> run.workers() + " workers";
      default -> run.workers() + " workers, 1 killed";
    };
  }

  private static Section.Table table(List<IndexRun> runs) {
    List<List<String>> rows = new ArrayList<>();
    for (IndexRun run : runs) {
      boolean plain = run.workers() == 0;
      rows.add(
          List.of(
              name(run),
              Numbers.seconds(run.seconds()),
              plain ? "–" : String.valueOf(run.executed().begun()),
              plain ? "–" : String.valueOf(run.executed().lost()),
              plain ? "–" : run.executed().againInWords(),
              plain ? "–" : Numbers.seconds(run.executed().againSeconds()),
              run.error().isEmpty() ? "yes" : "NO"));
    }
    return new Section.Table(
        "The three makings of the index. Cut off: executions that the kill ended.",
        List.of(
            "run",
            ">seconds",
            ">executions",
            ">cut off",
            "executed again",
            ">their time, s",
            "result right"),
        rows);
  }

  private static String cost(List<IndexRun> runs, IndexRun killed) {
    double undisturbed =
        runs.stream()
            .filter(run -> run.run().equals("index.undisturbed"))
            .mapToDouble(IndexRun::seconds)
            .findFirst()
            .orElse(Double.NaN);
    return String.format(
        Locale.ROOT,
        "The worker was killed after %.2f s, when it had done %d tasks: %s (%s),"
            + " %.2f s of work. The run took %.2f s where it took"
            + " %.2f s undisturbed: what was made again, the time until the others knew of the death,"
            + " and one worker less from then on cost %.2f s together.",
        killed.killedAtSeconds(),
        killed.mapsDoneByKilled(),
        killed.executed().inWords(),
        killed.executed().againInWords(),
        killed.executed().againSeconds(),
        killed.seconds(),
        undisturbed,
        killed.seconds() - undisturbed);
  }
}
