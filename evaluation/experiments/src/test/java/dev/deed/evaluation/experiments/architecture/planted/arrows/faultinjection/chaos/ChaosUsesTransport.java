package dev.deed.evaluation.experiments.architecture.planted.arrows.faultinjection.chaos;

import dev.deed.evaluation.experiments.architecture.planted.arrows.transport.TransportUsesOwnership;

/// An arrow that no module may draw.
public interface ChaosUsesTransport {
  void use(TransportUsesOwnership other);
}
