package dev.deed.evaluation.experiments.architecture.planted.arrows.evaluation.bench;

import dev.deed.evaluation.experiments.architecture.planted.arrows.papers.nsdi21.PaperUsesRuntime;

/// An arrow that only evaluation may draw.
public interface BenchIsFree {
  void use(PaperUsesRuntime other);
}
