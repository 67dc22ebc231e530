package dev.deed.evaluation.experiments.architecture.planted.arrows.ownership;

import dev.deed.evaluation.experiments.architecture.planted.arrows.transport.TransportUsesOwnership;

/// An arrow that no module may draw.
public interface OwnershipUsesTransport {
  void use(TransportUsesOwnership other);
}
