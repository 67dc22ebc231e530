package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.evaluation.experiments.report.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Tells about the chains, beside the paper's figure 14.
final class ChainSection {

  private ChainSection() {}

  /// A chain without a failure, and with one.
  private record Pair(ChainRun ok, ChainRun killed) {
    /// The run time with the failure, where 1 is that without; NaN if one of them went wrong.
    double relative() {
      return ok.error().isPresent() || killed.error().isPresent()
          ? Double.NaN
          : killed.seconds() / ok.seconds();
    }

    Optional<PaperRecovery> paper() {
      return PaperRecovery.of(ok.large(), ok.delayMs());
    }
  }

  static Section of(List<ChainRun> runs) {
    List<Section.Block> blocks = new ArrayList<>();
    double ideal = runs.getFirst().idealSeconds();
    blocks.add(
        new Section.Paragraph(
            String.format(
                Locale.ROOT,
                "A linear chain of tasks, each of which sleeps and passes its argument on; the delays"
                    + " add up to %.0f s. A driver and one worker: at %.0f s the worker is killed by"
                    + " SIGKILL and a new one is started. References to intermediate values are"
                    + " dropped at once. Small values (an integer) are with their owner, so only the"
                    + " cut-off task is executed again; large ones (10 MiB) die with the worker, so"
                    + " all that was done is executed again.",
                ideal,
                ideal / 2)));
    for (boolean large : List.of(false, true)) {
      List<Pair> pairs = pairs(runs, large);
      blocks.add(figure(pairs, large));
      blocks.add(table(pairs, large));
    }
    blocks.add(
        new Section.Paragraph(
            "The paper's chains last 10 s on a machine of their own each for driver and worker, and its"
                + " failure is the restart of the whole node over ssh: detection (about 1 s) and"
                + " restart are the about 3 s that small values cost there. A new worker is a"
                + " process here, and both share this machine. With chains shorter than 10 s the same"
                + " cost in seconds is a larger part of the run time: compare the costs too."));
    return new Section("Recovery chain, beside figure 14", blocks);
  }

  private static List<Pair> pairs(List<ChainRun> runs, boolean large) {
    List<Pair> pairs = new ArrayList<>();
    for (ChainRun ok : runs) {
      if (ok.large() == large && !ok.killed()) {
        runs.stream()
            .filter(r -> r.killed() && r.large() == large && r.delayMs() == ok.delayMs())
            .forEach(killed -> pairs.add(new Pair(ok, killed)));
      }
    }
    return pairs;
  }

  private static Section.BarFigure figure(List<Pair> pairs, boolean large) {
    List<String> delays = pairs.stream().map(pair -> pair.ok().delayMs() + " ms").toList();
    double[] ours = pairs.stream().mapToDouble(Pair::relative).toArray();
    double[] papers =
        pairs.stream()
            .mapToDouble(p -> p.paper().map(PaperRecovery::relative).orElse(Double.NaN))
            .toArray();
    double[] one = pairs.stream().mapToDouble(_ -> 1).toArray();
    return new Section.BarFigure(
        large ? "recovery-chain-large" : "recovery-chain-small",
        large ? "Values of 10 MiB" : "Small values",
        "delay of each task",
        "run time, undisturbed = 1",
        delays,
        List.of(
            new Section.Bars("undisturbed", one, Section.Whose.OURS),
            new Section.Bars("Deed, killed", ours, Section.Whose.OURS_FAILING),
            new Section.Bars("paper, killed", papers, Section.Whose.PAPERS_FAILING)));
  }

  private static Section.Table table(List<Pair> pairs, boolean large) {
    List<List<String>> rows = new ArrayList<>();
    for (Pair pair : pairs) {
      Optional<PaperRecovery> paper = pair.paper();
      boolean right = pair.ok().error().isEmpty() && pair.killed().error().isEmpty();
      rows.add(
          List.of(
              pair.ok().delayMs() + " ms",
              String.valueOf(pair.ok().tasks()),
              Numbers.seconds(pair.ok().seconds()),
              Numbers.seconds(pair.killed().seconds()),
              Numbers.factor(pair.relative()),
              Numbers.seconds(pair.killed().seconds() - pair.ok().seconds()),
              String.valueOf(pair.killed().executed().again()),
              Numbers.seconds(paper.map(PaperRecovery::seconds).orElse(Double.NaN)),
              Numbers.seconds(paper.map(PaperRecovery::killedSeconds).orElse(Double.NaN)),
              Numbers.factor(paper.map(PaperRecovery::relative).orElse(Double.NaN)),
              Numbers.seconds(paper.map(p -> p.killedSeconds() - p.seconds()).orElse(Double.NaN)),
              right ? "yes" : "NO"));
    }
    return new Section.Table(
        (large ? "Values of 10 MiB" : "Small values")
            + ": run times in seconds; cost is what the kill adds.",
        List.of(
            "delay",
            ">tasks",
            ">Deed",
            ">killed",
            ">relative",
            ">cost",
            ">tasks again",
            ">paper",
            ">paper, killed",
            ">relative",
            ">cost",
            "right"),
        rows);
  }
}
