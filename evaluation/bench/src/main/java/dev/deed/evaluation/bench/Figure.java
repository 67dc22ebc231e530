package dev.deed.evaluation.bench;

/// One measured number.
///
/// @param name of the benchmark, with what was measured of it: `task.sync.p50`
/// @param value in `unit`
/// @param unit such as `ops/s`, `us`, `B/task`
record Figure(String name, double value, String unit) {
  static final String PER_SECOND = "ops/s";
  static final String MICROS = "us";

  /// A rate of operations.
  static Figure rate(String name, double perSecond) {
    return new Figure(name, perSecond, PER_SECOND);
  }
}
