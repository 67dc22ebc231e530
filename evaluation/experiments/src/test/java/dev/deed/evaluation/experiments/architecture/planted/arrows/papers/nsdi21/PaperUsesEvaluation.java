package dev.deed.evaluation.experiments.architecture.planted.arrows.papers.nsdi21;

import dev.deed.evaluation.experiments.architecture.planted.arrows.evaluation.bench.BenchIsFree;

/// An arrow that no module may draw.
public interface PaperUsesEvaluation {
  void use(BenchIsFree other);
}
