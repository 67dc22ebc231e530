package dev.deed.faultinjection.simulator;

/// An invariant of protocol.md §8 does not hold: the run ends here.
public final class ViolationException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String invariant;

  ViolationException(String invariant, String message) {
    super(invariant + ": " + message);
    this.invariant = invariant;
  }

  ViolationException(String invariant, String message, Throwable cause) {
    super(invariant + ": " + message, cause);
    this.invariant = invariant;
  }

  /// What is wrong, beginning with the invariant.
  public String text() {
    return String.valueOf(getMessage());
  }

  /// Short name of the invariant, the same for all its violations.
  public String invariant() {
    return invariant;
  }
}
