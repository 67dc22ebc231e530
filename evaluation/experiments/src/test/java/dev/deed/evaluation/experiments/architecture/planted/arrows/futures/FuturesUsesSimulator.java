package dev.deed.evaluation.experiments.architecture.planted.arrows.futures;

import dev.deed.evaluation.experiments.architecture.planted.arrows.faultinjection.simulator.SimulatorUsesFutures;

/// An arrow that no module may draw.
public interface FuturesUsesSimulator {
  void use(SimulatorUsesFutures other);
}
