package dev.deed.evaluation.experiments.owners;

import dev.deed.evaluation.experiments.report.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Tells what the deaths of owners cost.
final class OwnersSection {
  /// As measured on 2 cores with Ray 2.60: 200 children of 20 ms, the parent killed half-way.
  private static final String RAY =
      "Ray 2.60 on 2 cores, for comparison: of 100 stored objects of a killed owner 0 can be read,"
          + " which the reader learns after 100 s; a parent killed half-way through 200 children"
          + " of 20 ms has 325 children executed and takes 16.0 s instead of 3.5.";

  private OwnersSection() {}

  static Section of(List<OwnerRun> runs) {
    List<OwnerRun.Speed> speeds = only(runs, OwnerRun.Speed.class);
    List<OwnerRun.Reads> reads = only(runs, OwnerRun.Reads.class);
    List<OwnerRun.Parent> parents = only(runs, OwnerRun.Parent.class);
    List<OwnerRun.Takeovers> takeovers = only(runs, OwnerRun.Takeovers.class);
    List<Section.Block> blocks = new ArrayList<>();
    blocks.add(
        new Section.Paragraph(
            "A driver and worker processes of one processor each. The owners are tasks at workers:"
                + " they call tasks and put values, and are killed by SIGKILL. NONE is the paper's"
                + " rule: what the dead one owned is lost. "
                + RAY));
    blocks.add(speedFigure(speeds));
    blocks.add(speedTable(speeds));
    blocks.add(readsFigure(reads));
    blocks.add(readsTable(reads));
    blocks.add(parentFigure(parents));
    blocks.add(parentTable(parents));
    blocks.add(takeoverTable(takeovers));
    return new Section("Owners may die", blocks);
  }

  private static <T extends OwnerRun> List<T> only(List<OwnerRun> runs, Class<T> kind) {
    return runs.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
  }

  private static List<String> settings(List<? extends OwnerRun> runs) {
    return runs.stream().map(run -> run.setting().brief()).toList();
  }

  private static Section.BarFigure speedFigure(List<OwnerRun.Speed> speeds) {
    return new Section.BarFigure(
        "owners-speed",
        "Without a failure: tasks a second of one owner",
        "durability, heirs",
        "tasks a second, in batches of 1,000",
        settings(speeds),
        List.of(
            new Section.Bars(
                "tasks a second",
                speeds.stream().mapToDouble(run -> Math.rint(run.tasksPerSecond())).toArray(),
                Section.Whose.OURS)));
  }

  private static Section.Table speedTable(List<OwnerRun.Speed> speeds) {
    double noneCpu = speeds.getFirst().cpuUs();
    List<List<String>> rows = new ArrayList<>();
    for (OwnerRun.Speed speed : speeds) {
      rows.add(
          List.of(
              speed.setting().toString(),
              number("%,.0f", speed.tasksPerSecond()),
              number("%.2f", speed.ofNone()),
              number("%.1f", speed.cpuUs()),
              number("%.2f", noneCpu / speed.cpuUs()),
              number("%.0f", speed.p50Us()),
              number("%.0f", speed.p99Us()),
              number("%.0f", speed.bytesPerTask())));
    }
    return new Section.Table(
        "Without a failure: an owner at a worker calls tasks that do nothing. The clusters stand side by"
            + " side and are measured by turns of "
            + SpeedRuns.TURN.toSeconds()
            + " s, after a warm-up; medians of "
            + speeds.getFirst().turns()
            + " turns, the parts of NONE within each round.",
        List.of(
            "durability",
            ">tasks/s",
            ">of NONE",
            ">processor µs a task",
            ">NONE's of it",
            ">one call, p50 µs",
            ">p99 µs",
            ">bytes replicated a task"),
        rows);
  }

  private static Section.BarFigure readsFigure(List<OwnerRun.Reads> reads) {
    return new Section.BarFigure(
        "owners-reads",
        "After the owner's death: readable objects of 100",
        "durability, heirs",
        "objects that can be read",
        settings(reads),
        List.of(
            new Section.Bars(
                "readable",
                reads.stream().mapToDouble(OwnerRun.Reads::readable).toArray(),
                Section.Whose.OURS_FAILING)));
  }

  private static Section.Table readsTable(List<OwnerRun.Reads> reads) {
    List<List<String>> rows = new ArrayList<>();
    for (OwnerRun.Reads run : reads) {
      rows.add(
          List.of(
              run.setting().toString(),
              run.readable() + " of " + run.objects(),
              number("%.0f", run.firstMs()),
              number("%.0f", run.seconds() * 1e3)));
    }
    return new Section.Table(
        "After the owner's SIGKILL: from the kill until the first value is read, and until each is read"
            + " or has failed.",
        List.of("durability", ">readable", ">first, ms", ">all, ms"),
        rows);
  }

  private static Section.BarFigure parentFigure(List<OwnerRun.Parent> parents) {
    List<OwnerRun.Parent> undisturbed = at(parents, 0);
    List<Section.Bars> bars = new ArrayList<>();
    bars.add(bars("undisturbed", undisturbed, Section.Whose.OURS));
    bars.add(bars("killed half-way", at(parents, 50), Section.Whose.OURS_FAILING));
    return new Section.BarFigure(
        "owners-parent",
        "A parent of 200 children of 20 ms",
        "durability, heirs",
        "seconds",
        settings(undisturbed),
        bars);
  }

  private static Section.Bars bars(String name, List<OwnerRun.Parent> runs, Section.Whose whose) {
    return new Section.Bars(
        name, runs.stream().mapToDouble(OwnerRun.Parent::seconds).toArray(), whose);
  }

  private static List<OwnerRun.Parent> at(List<OwnerRun.Parent> parents, int percent) {
    return parents.stream().filter(run -> run.atPercent() == percent).toList();
  }

  private static Section.Table parentTable(List<OwnerRun.Parent> parents) {
    List<List<String>> rows = new ArrayList<>();
    for (OwnerRun.Parent run : parents) {
      rows.add(
          List.of(
              run.setting().toString(),
              run.atPercent() == 0 ? "not" : "at " + run.atPercent() + " %",
              String.valueOf(run.executed()),
              number("%.2f", run.seconds()),
              run.error().isEmpty() ? "yes" : "NO"));
    }
    return new Section.Table(
        "A parent of 200 children of 20 ms, whose worker is killed when so many of them are done.",
        List.of("durability", "killed", ">children executed", ">seconds", "right"),
        rows);
  }

  private static Section.Table takeoverTable(List<OwnerRun.Takeovers> takeovers) {
    List<List<String>> rows = new ArrayList<>();
    for (OwnerRun.Takeovers run : takeovers) {
      rows.add(
          List.of(
              run.setting().toString(),
              String.valueOf(run.kills()),
              number("%.0f", run.p50Ms()),
              number("%.0f", run.p90Ms()),
              number("%.0f", run.maxMs())));
    }
    return new Section.Table(
        "From an owner's SIGKILL until a value of it can be read, over many kills.",
        List.of("durability", ">kills", ">p50, ms", ">p90, ms", ">longest, ms"),
        rows);
  }
}
