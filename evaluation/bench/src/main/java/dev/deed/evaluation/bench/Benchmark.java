package dev.deed.evaluation.bench;

import java.util.List;

/// One benchmark.
///
/// @param name by which it is asked for, and which its figures begin with
/// @param limits benchmarks of the machine that its figures are compared with
/// @param measurement what it does
record Benchmark(String name, List<String> limits, Measurement measurement) {

  /// Does the rounds, on a thread that is bound to the session under test, and tells what came out.
  @FunctionalInterface
  interface Measurement {
    List<Figure> measure(Rounds rounds, Sizes sizes) throws Exception;
  }

  static Benchmark of(String name, Measurement measurement, String... limits) {
    return new Benchmark(name, List.of(limits), measurement);
  }

  /// Whether it measures the machine and not Deed.
  boolean isLimit() {
    return name.startsWith("limit.");
  }
}
