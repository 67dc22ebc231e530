package dev.deed.evaluation.experiments.architecture.planted.arrows.papers.nsdi21;

import dev.deed.evaluation.experiments.architecture.planted.arrows.lineage.LineageUsesOwnership;

/// An arrow that no module may draw.
public interface PaperUsesLineage {
  void use(LineageUsesOwnership other);
}
