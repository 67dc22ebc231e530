package dev.deed.evaluation.experiments.architecture.planted.arrows.faultinjection.simulator;

import dev.deed.evaluation.experiments.architecture.planted.arrows.futures.FuturesUsesSimulator;

/// An arrow that no module may draw.
public interface SimulatorUsesFutures {
  void use(FuturesUsesSimulator other);
}
