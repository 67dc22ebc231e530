package dev.deed.faultinjection.explorer;

import java.util.Optional;

/// What came of a search.
///
/// @param exhausted whether every reachable state was seen
/// @param stopped why not, in a sentence; empty if exhausted or a violation was found
/// @param states told apart
/// @param transitions from one state to another, or to itself
/// @param depth steps of the shortest path to the farthest state
/// @param ends states in which nothing was left to happen but faults
/// @param workerStates states of single workers, which all states are made of
/// @param workerSteps steps that cores took
public record Result(
    String configuration,
    boolean exhausted,
    String stopped,
    int states,
    long transitions,
    int depth,
    int ends,
    int workerStates,
    long workerSteps,
    double seconds,
    Optional<Violation> violation) {

  /// An invariant that does not hold.
  ///
  /// @param text what is wrong, beginning with the invariant
  /// @param path a shortest way there
  public record Violation(String text, Path path) {}

  /// States a second.
  public double statesPerSecond() {
    return seconds == 0 ? 0 : states / seconds;
  }
}
