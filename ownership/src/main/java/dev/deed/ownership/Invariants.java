package dev.deed.ownership;

/// Assertions that are always on: a broken one is a defect of Deed, never of its user.
public final class Invariants {
  private Invariants() {}

  /// Throws [IllegalStateException] with the formatted text unless `holds`.
  public static void check(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new IllegalStateException("broken invariant: " + String.format(format, arguments));
    }
  }
}
