package dev.deed.evaluation.experiments;

import java.util.Optional;

/// One measurement: a record, whose components become one line of `results.ndjson`. Units end their
/// names.
public interface Measurement {

  /// The paper by its short name.
  String paper();

  /// The experiment within the paper.
  String figure();

  /// What was measured, such as `index.killed`.
  String run();

  /// Seconds that it took.
  double seconds();

  /// What is wrong with the result; empty if it is right.
  Optional<String> error();

  /// What was measured, in a few words.
  @Override
  String toString();
}
