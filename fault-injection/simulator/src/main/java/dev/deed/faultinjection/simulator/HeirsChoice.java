package dev.deed.faultinjection.simulator;

/// How the estates of a plan's workers are kept for the case that they die. The estate of a driver
/// ends with it, as that of any plain job.
public enum HeirsChoice {
  /// What the seed says.
  DRAWN,
  /// No plan has heirs.
  NONE,
  /// All plans have asynchronous heirs.
  ASYNC,
  /// All plans have synchronous heirs.
  SYNC
}
