package dev.deed.evaluation.experiments.architecture.planted.arrows.transport;

import dev.deed.evaluation.experiments.architecture.planted.arrows.ownership.OwnershipUsesTransport;

/// An arrow that no module may draw.
public interface TransportUsesOwnership {
  void use(OwnershipUsesTransport other);
}
