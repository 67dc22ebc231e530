package dev.deed.evaluation.experiments.architecture.planted.arrows;

import dev.deed.evaluation.experiments.architecture.planted.arrows.papers.nsdi21.PaperUsesRuntime;

/// An arrow that no module may draw.
public interface ApiUsesPapers {
  void use(PaperUsesRuntime other);
}
