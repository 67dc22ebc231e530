package dev.deed.evaluation.experiments.architecture.planted.arrows.papers.nsdi21;

import dev.deed.evaluation.experiments.architecture.planted.arrows.futures.FuturesUsesSimulator;

/// An arrow that no module may draw.
public interface PaperUsesRuntime {
  void use(FuturesUsesSimulator other);
}
