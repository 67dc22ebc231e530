package dev.deed.evaluation.experiments.owners;

import dev.deed.evaluation.experiments.Experiment;
import dev.deed.evaluation.experiments.Trial;
import dev.deed.evaluation.experiments.report.Section;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What nobody else can draw: owners that die, and what is left of what they owned.
public final class OwnersExperiment implements Experiment {
  static final String PAPER = "deed";
  static final String FIGURE = "owners";

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
    return "What the death of an owner costs, by durability";
  }

  @Override
  public int measurements(Trial trial) {
    return Setting.ALL.size() * (1 + OwnerRuns.EACH) + OwnerRuns.TAKEOVERS.size();
  }

  @Override
  public List<Section> run(Trial trial) throws IOException {
    Path scratch = Files.createTempDirectory("deed-reproduce-");
    try {
      OwnerRuns runs = new OwnerRuns(trial, scratch);
      List<OwnerRun> all = new ArrayList<>(new SpeedRuns(trial).all());
      for (Setting setting : Setting.ALL) {
        all.addAll(runs.of(setting));
      }
      for (Setting setting : OwnerRuns.TAKEOVERS) {
        all.add(runs.takeovers(setting));
      }
      return List.of(OwnersSection.of(all));
    } finally {
      File[] files = scratch.toFile().listFiles();
      for (File file : files == null ? new File[0] : files) {
        Files.delete(file.toPath());
      }
      Files.delete(scratch);
    }
  }
}
