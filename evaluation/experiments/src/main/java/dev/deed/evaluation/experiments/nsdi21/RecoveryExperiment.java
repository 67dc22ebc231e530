package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.evaluation.experiments.Experiment;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.report.Section;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What a killed worker costs: an inverted index of real text, and the paper's chain (figure 14).
public final class RecoveryExperiment implements Experiment {
  static final String PAPER = "nsdi21";
  static final String FIGURE = "recovery";

  private final Function<Trial.Effort, ChainRuns.Plan> plans;

  /// With the chains of the paper.
  public RecoveryExperiment() {
    this(ChainRuns.Plan::of);
  }

  RecoveryExperiment(Function<Trial.Effort, ChainRuns.Plan> plans) {
    this.plans = plans;
  }

  @Override
  public String paper() {
    return PAPER;
  }

  @Override
  public String figure() {
    return FIGURE;
  }

  @Override
  public String title() {
    return "What a killed worker costs (figure 14)";
  }

  @Override
  public int measurements(Trial trial) {
    return IndexRuns.COUNT + plans.apply(trial.effort()).count();
  }

  @Override
  public List<Section> run(Trial trial) throws IOException {
    Path scratch = Files.createTempDirectory("deed-reproduce-");
    try {
      List<IndexRun> index = new IndexRuns(trial, scratch).run();
      List<ChainRun> chains = new ChainRuns(trial, scratch, plans.apply(trial.effort())).run();
      List<Section> sections = new ArrayList<>();
      sections.add(IndexSection.of(index));
      sections.add(ChainSection.of(chains));
      return sections;
    } finally {
      delete(scratch);
    }
  }

  /// Deletes a folder that holds only files.
  private static void delete(Path folder) throws IOException {
    File[] files = folder.toFile().listFiles();
    for (File file : files == null ? new File[0] : files) {
      Files.delete(file.toPath());
    }
    Files.delete(folder);
  }
}
