package dev.deed.ownership;

/// How a running task is told that it is not wanted any more.
public enum CancelMode {
  /// Its thread is interrupted.
  INTERRUPT,
  /// Only its flag is set.
  COOPERATIVE
}
