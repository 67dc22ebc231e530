package dev.deed.evaluation.experiments;

import dev.deed.evaluation.experiments.report.Section;
import java.io.IOException;
import java.util.List;

/// One experiment of a paper: it measures, and tells what it measured beside the paper's numbers.
public interface Experiment {

  /// The paper by its short name, such as `nsdi21`.
  String paper();

  /// The experiment within the paper, such as `recovery`.
  String figure();

  /// What it is about, for lists.
  String title();

  /// How many measurements it makes, for the progress bar.
  int measurements(Trial trial);

  /// Makes the measurements, each told to the trial as soon as it is made, and returns the sections
  /// of the report. A measurement that went wrong is told like any other.
  ///
  /// Throws [java.io.FileNotFoundException] if the input isn't there, and
  /// [IllegalArgumentException] if it is of no use; both say what to do.
  List<Section> run(Trial trial) throws IOException;
}
