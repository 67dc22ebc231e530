package dev.deed.evaluation.experiments.architecture.planted.arrows.lineage;

import dev.deed.evaluation.experiments.architecture.planted.arrows.ownership.OwnershipUsesTransport;

/// An arrow that no module may draw.
public interface LineageUsesOwnership {
  void use(OwnershipUsesTransport other);
}
